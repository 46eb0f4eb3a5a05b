"""Says who your visitor is, signed with a private key that never leaves you. Needs PyJWT and cryptography."""

import os
import sys
import time
import uuid

import jwt


def assertion(subject, email=None, name=None, nonce=None):
    """Make an assertion. Call it in an endpoint of your own, for the visitor of your own session.

    subject is your id for the visitor: it never changes and is never given to somebody else.
    nonce is what the page was given.
    """
    now = int(time.time())
    claims = {
        "iss": os.environ["ASIDE_TENANT"],
        "aud": os.environ["ASIDE_ORIGIN"],
        "sub": subject,
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "nonce": nonce,
        "email": email,
        "name": name,
    }
    claims = {claim: value for claim, value in claims.items() if value}
    key = os.environ["ASIDE_PRIVATE_KEY"]  # PEM, P-256
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": os.environ["ASIDE_KEY_ID"]})


if __name__ == "__main__":  # to try it: python3 es256.py customer-17 joe@shop.example "Joe Miller"
    print(assertion(*sys.argv[1:]))
