/** The version of Contrail, as objects and records carry it; a test keeps it equal to package.json. */
export const CONTRAIL_VERSION = '0.1.0';
