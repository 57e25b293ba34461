'use strict';

// The CDK's provider framework ignores the protocol and port of ResponseURL and always uses HTTPS on port 443. This module sends its requests
// to the local AWS instead of CloudFormation's response bucket, with the same path and headers.

const http = require('node:http');
const https = require('node:https');
const { syncBuiltinESMExports } = require('node:module');
const { urlToHttpOptions } = require('node:url');

const { endpoint, responseHost } = JSON.parse(process.argv[2]);
const { hostname, port } = new URL(endpoint);
const realRequest = https.request;

function toLocalAws(args) {
  const [first, ...rest] = args;
  const isUrl = typeof first === 'string' || first instanceof URL;
  const fromUrl = isUrl ? urlToHttpOptions(new URL(first)) : {};
  const withOptions = isUrl ? rest : args;
  const options = typeof withOptions[0] === 'object' ? { ...fromUrl, ...withOptions[0] } : fromUrl;
  const host = options.hostname ?? options.host;
  if (host !== responseHost) return undefined;
  const { agent, host: _host, defaultPort, ...kept } = options;
  return [
    { ...kept, protocol: 'http:', hostname, port, headers: { ...options.headers, host: responseHost } },
    withOptions.find((arg) => typeof arg === 'function'),
  ];
}

https.request = function (...args) {
  const rerouted = toLocalAws(args);
  return rerouted ? http.request(...rerouted) : realRequest.apply(this, args);
};
https.get = function (...args) {
  const request = https.request(...args);
  request.end();
  return request;
};
syncBuiltinESMExports();
