"""Certificates for servers of a test: signed by an authority that the test may trust, or not as they should be."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates; `file` is what those who trust it read."""

    key: ec.EllipticCurvePrivateKey
    name: x509.Name
    file: Path

    def server(self, name: str, *, until: datetime | None = None) -> SSLContext:
        """Return what a server with a certificate of a name shows, valid until an instant."""
        until = until or datetime.now(UTC) + _DAY
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_named(name), self.name, key, until=until)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        pem = self.file.with_name(f"{name}-{until.timestamp():.0f}.pem")
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        pem.write_bytes(builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM) + secret)
        context = SSLContext(PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context


def authority(directory: Path, name: str) -> Authority:
    """Return an authority of its own, with its certificate in a file."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), _named(name)
    builder = _builder(subject, subject, key, until=datetime.now(UTC) + _DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    file = directory / f"{name}.pem"
    file.write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return Authority(key, subject, file)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(until, datetime.now(UTC)) - 2 * _DAY)
        .not_valid_after(until)
    )
