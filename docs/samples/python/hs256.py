"""Says who your visitor is, signed with a secret that you share with Aside. Python 3.8 or later, no packages."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import uuid


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
    signed = encode({"alg": "HS256", "typ": "JWT"}) + "." + encode(claims)
    signature = hmac.digest(os.environ["ASIDE_SECRET"].encode(), signed.encode(), hashlib.sha256)
    return signed + "." + base64url(signature)


def encode(value):
    return base64url(json.dumps(value).encode())


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


if __name__ == "__main__":  # to try it: python3 hs256.py customer-17 joe@shop.example "Joe Miller"
    print(assertion(*sys.argv[1:]))
