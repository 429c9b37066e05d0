"""moto's server on a free port of 127.0.0.1: prints its address, and ends when its input does, however its parent ended."""

import logging
import sys
import threading

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto.kms.utils import ECDSAPrivateKey
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def sign_digest(self, message, signing_algorithm):
    """What KMS signs for MessageType DIGEST. moto 5.2.5 hashes the digest once more and signs that."""
    return self.private_key.sign(message, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


ECDSAPrivateKey.sign = sign_digest
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}", flush=True)
sys.stdin.read()
