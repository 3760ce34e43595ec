/**
 * A certificate for `storage.test`, a name that no real host can have, signed by itself and valid until 2126. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=storage.test`
 * with the name as subjectAltName. It protects nothing: only tests know it, and they publish its key here.
 */
export const TEST_HOST = 'storage.test';

export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2cpl+2E1vVwy0kx2
RpdqtgrXC7PlG8oJn6z7mI/BBC6hRANCAAR/14OlsoWGB1GZSEcx5yZWV8oZkX1d
zmmXd8n8QlmUkYem0anFezbTgH6N9h0HAsopWtf3AU3sJlWMHzwVOdkh
-----END PRIVATE KEY-----
`;

export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUJkp2zxpmJcFpNp4437PGUiIZPjswCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMc3RvcmFnZS50ZXN0MCAXDTI2MTEyNDExMDEyMloYDzIxMjYx
MDMxMTEwMTIyWjAXMRUwEwYDVQQDDAxzdG9yYWdlLnRlc3QwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAR/14OlsoWGB1GZSEcx5yZWV8oZkX1dzmmXd8n8QlmUkYem
0anFezbTgH6N9h0HAsopWtf3AU3sJlWMHzwVOdkho2wwajAdBgNVHQ4EFgQUZqav
fTcz5zIf0H2vARgZTRabSZowHwYDVR0jBBgwFoAUZqavfTcz5zIf0H2vARgZTRab
SZowDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxzdG9yYWdlLnRlc3QwCgYI
KoZIzj0EAwIDSAAwRQIhAL4ioskD8j8w42kiRD4Atu8N75bMUW+39gUoMw10R9bq
AiAVn3KAm3lMz8YCiI6BnT7fA7GjW6QnC5gFuNFiiZb0Uw==
-----END CERTIFICATE-----
`;
