<?php
// Says who your visitor is, signed with a private key that never leaves you. PHP 8 or later, no packages.
// RS256: PHP's OpenSSL signs it as a JWT has it, where for ES256 it would need a library.

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 *
 * @param string $subject your id for the visitor: it never changes and is never given to somebody else
 * @param ?string $nonce what the page was given
 */
function aside_assertion(string $subject, ?string $email = null, ?string $name = null, ?string $nonce = null): string
{
    $now = time();
    $claims = array_filter([
        'iss' => getenv('ASIDE_TENANT'), 'aud' => getenv('ASIDE_ORIGIN'), 'sub' => $subject,
        'iat' => $now, 'exp' => $now + 120, 'jti' => bin2hex(random_bytes(16)),
        'nonce' => $nonce, 'email' => $email, 'name' => $name,
    ], fn ($value) => $value !== null);
    $header = ['alg' => 'RS256', 'typ' => 'JWT', 'kid' => getenv('ASIDE_KEY_ID')];
    $encode = fn (string $octets) => rtrim(strtr(base64_encode($octets), '+/', '-_'), '=');
    $signed = $encode(json_encode($header)) . '.' . $encode(json_encode($claims, JSON_THROW_ON_ERROR));
    $key = openssl_pkey_get_private(getenv('ASIDE_PRIVATE_KEY')); // PEM, RSA of 2048 bits or more
    if (!$key || !openssl_sign($signed, $signature, $key, OPENSSL_ALGO_SHA256)) {
        throw new RuntimeException('ASIDE_PRIVATE_KEY does not sign: ' . openssl_error_string());
    }
    return $signed . '.' . $encode($signature);
}

// To try it: php rs256.php customer-17 joe@shop.example "Joe Miller"
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    echo aside_assertion(...array_slice($argv, 1)), "\n";
}
