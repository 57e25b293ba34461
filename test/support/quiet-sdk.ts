import { QUIET_SDK } from '../../packages/local-healthlake/src/quiet-sdk';

Object.assign(process.env, QUIET_SDK);
