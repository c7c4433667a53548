"""Ask the service on this machine whether it answers: `python -m serving.process.alive PORT`, for containers. Standard library alone.

Any answer of its own is one: who may ask what (a proxy alone, a declared name) is another question.
"""

import http.client
import os
import ssl
import sys

SECONDS = 5.0


def alive(port: int, *, tls: bool) -> bool:
    """Tell whether a service on loopback answers `/livez` within five seconds, and not with an error of its own."""
    asked = _over_tls(port) if tls else http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        asked.request("GET", "/livez")
        return asked.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _over_tls(port: int) -> http.client.HTTPSConnection:
    """Return a connection that believes any certificate: it is for the public name, and this is loopback."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=context)


if __name__ == "__main__":
    sys.exit(not alive(int(sys.argv[1]), tls=bool(os.environ.get("SQREC_TLS_CERTIFICATE"))))
