/** The version of Contrail in objects and records. A test compares it with package.json. */
export const CONTRAIL_VERSION = '0.1.0';
