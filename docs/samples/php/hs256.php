<?php
// Says who your visitor is, signed with a secret that you share with Aside. PHP 8 or later, no packages.

/**
 * Makes an assertion. Call it in an endpoint of your own, for the visitor of your own session.
 *
 * @param string $subject your id for the visitor: it never changes and is never given to somebody else
 * @param ?string $nonce what the page was given
 */
function aside_assertion(string $subject, ?string $email = null, ?string $name = null, ?string $nonce = null): string
{
    $secret = getenv('ASIDE_SECRET') ?: throw new RuntimeException('ASIDE_SECRET is not set');
    $now = time();
    $claims = array_filter([
        'iss' => getenv('ASIDE_TENANT'), 'aud' => getenv('ASIDE_ORIGIN'), 'sub' => $subject,
        'iat' => $now, 'exp' => $now + 120, 'jti' => bin2hex(random_bytes(16)),
        'nonce' => $nonce, 'email' => $email, 'name' => $name,
    ], fn ($value) => $value !== null);
    $encode = fn (string $octets) => rtrim(strtr(base64_encode($octets), '+/', '-_'), '=');
    $signed = $encode(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $encode(json_encode($claims, JSON_THROW_ON_ERROR));
    return $signed . '.' . $encode(hash_hmac('sha256', $signed, $secret, true));
}

// To try it: php hs256.php customer-17 joe@shop.example "Joe Miller"
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    echo aside_assertion(...array_slice($argv, 1)), "\n";
}
