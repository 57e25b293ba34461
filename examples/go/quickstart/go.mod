module quickstart

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.257.0
	github.com/aws/constructs-go/constructs/v10 v10.5.1
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-healthlake/cdk-healthlake-import-go/cdkhealthlakeimport v0.0.0
)

// The package is not published, so this app uses the code that jsii-pacmak writes.
replace github.com/cdk-healthlake/cdk-healthlake-import-go/cdkhealthlakeimport => ../../../dist/go/cdkhealthlakeimport
