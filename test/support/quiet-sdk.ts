import { QUIET_SDK } from '../../local/quiet-sdk';

Object.assign(process.env, QUIET_SDK);
