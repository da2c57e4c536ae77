"""Fetching inside TLS and through a proxy: the name is for the certificate, the address for the dialling."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import socket
import ssl
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.site import OTHER_PUBLIC, PUBLIC, PUBLIC_6, Internet, Site, page, redirect
from verifier.kit.fetch import Fetcher, FetchFailed

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


class Authority:
    """Signs certificates for the sites of one test run."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        self.certificate = self._signed(self.name, self.key, NOW + DAY, is_authority=True)

    def _signed(self, subject, key, until, *, is_authority=False, names=()):
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def trusted(self):
        """A client's context that trusts this authority and no other."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def serving(self, folder, *names, until=NOW + DAY):
        """A server's context with a certificate for these names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a.example")])
        certificate = self._signed(subject, key, until, names=[_general(name) for name in names])
        file = folder / f"{names[0]}-{until:%d}.pem"
        plain = serialization.NoEncryption()
        file.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        context.names_asked = []
        context.sni_callback = lambda _socket, name, _context: context.names_asked.append(name)
        return context


def _general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def internet():
    with Internet() as internet:
        yield internet
        assert internet.internal_hits == []


@pytest.fixture
def secure(internet, authority, tmp_path):
    context = authority.serving(tmp_path, "a.example", PUBLIC, PUBLIC_6)
    return internet.host(Site(context), 443)


@pytest.fixture
def fetcher(internet, authority):
    return partial(internet.fetcher, tls=authority.trusted())


@pytest.fixture
def fetch(fetcher):
    return fetcher().fetch


def check_not_secure(fetch, url="https://a.example/"):
    with pytest.raises(FetchFailed) as failed:
        fetch(url)
    assert failed.value.code == "tls-failed"
    return str(failed.value), failed.value.may_pass


def test_a_good_certificate(internet, secure, fetch):
    secure["/"] = page(b"secure")
    found = fetch("https://a.example/")
    assert (found.body, found.url) == (b"secure", "https://a.example/")
    assert found.exchanges[0].request_head.startswith(b"GET / HTTP/1.1\r\nHost: a.example\r\n")
    assert secure.tls.names_asked == ["a.example"]
    assert internet.dialled == [(PUBLIC, 443)]


@pytest.mark.parametrize("host", [PUBLIC, f"[{PUBLIC_6}]"])
def test_a_certificate_for_an_address(secure, fetch, host):
    secure["/"] = page(b"secure")
    assert fetch(f"https://{host}/").body == b"secure"
    assert secure.tls.names_asked == [None]


def test_a_certificate_for_another_name(secure, fetch):
    secure["/"] = page(b"secure")
    sentence, may_pass = check_not_secure(fetch, "https://b.example/")
    assert sentence.startswith("The certificate of b.example is not valid: ")
    assert "certificate is not valid for 'b.example'." in sentence
    assert not may_pass
    assert secure.received == []


def test_a_certificate_that_has_ended_or_that_nobody_knows(internet, authority, fetch, tmp_path):
    internet.host(Site(authority.serving(tmp_path, "a.example", until=NOW - DAY)), 443)
    assert "expired" in check_not_secure(fetch)[0]
    internet.host(Site(Authority().serving(tmp_path, "a.example")), 443)
    assert "not valid" in check_not_secure(fetch)[0]


class NoTls:
    """Answers a handshake as a server does that knows only plain HTTP."""

    def wrap_socket(self, connection, **_):
        connection.sendall(page(status=400))
        return connection


def test_no_tls_at_all(internet, fetch):
    site = internet.host(Site(NoTls()), 443)
    check_not_secure(fetch)
    assert site.received == []


def test_the_systems_authorities_by_default(internet, secure):
    secure["/"] = page(b"secure")
    check_not_secure(internet.fetcher(tls=None).fetch)


def test_a_redirect_out_of_tls_is_checked_like_any_other(internet, secure, fetch):
    secure["/"] = redirect("http://b.example/plain")
    internet.site["/plain"] = page(b"plain")
    found = fetch("https://a.example/")
    assert [hop.url for hop in found.exchanges] == ["https://a.example/", "http://b.example/plain"]
    secure["/"] = redirect("http://127.0.0.1/plain")
    with pytest.raises(FetchFailed) as failed:
        fetch("https://a.example/")
    assert failed.value.code == "address-refused"


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "all_proxy"])
def test_a_proxy_of_the_environment_is_none_of_ours(internet, secure, fetch, monkeypatch, name):
    proxy = internet.proxy()
    monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv(name.upper(), f"http://127.0.0.1:{proxy.port}")
    internet.site["/"] = secure["/"] = page()
    fetch("http://a.example/")
    fetch("https://a.example/")
    assert proxy.asked == []


def test_a_proxy_is_told_addresses_only(internet, secure, fetcher):
    proxy = internet.proxy()
    internet.names["b.example"] = [PUBLIC_6]
    internet.site["/"] = redirect("https://a.example/end")
    secure["/end"] = page(b"secure")
    fetch = fetcher(proxy=f"http://me:p%40ss@127.0.0.1:{proxy.port}").fetch
    found = fetch("http://b.example/")
    assert found.body == b"secure"
    assert proxy.asked == [f"CONNECT [{PUBLIC_6}]:80", f"CONNECT {PUBLIC}:443"]
    assert [hop.address for hop in found.exchanges] == [PUBLIC_6, PUBLIC]
    assert {one[0] for one in internet.dialled} == {"127.0.0.1"}
    assert internet.site.received[0].path == "/"
    assert internet.site.received[0].host == "b.example"
    assert secure.tls.names_asked == ["a.example"]
    said = base64.b64encode(b"me:p@ss")
    assert all(said in head and b"example" not in head for head in proxy.heads)
    sent = b"".join(hop.request_head for hop in found.exchanges)
    assert b"roxy" not in sent
    assert b"CONNECT" not in sent
    assert "proxy-authorization" not in internet.site.received[0].headers


def test_a_proxy_is_not_led_inside(internet, fetcher):
    proxy = internet.proxy()
    internet.names["inside.example"] = [PUBLIC, "10.0.0.1"]
    fetch = fetcher(proxy=f"http://127.0.0.1:{proxy.port}").fetch
    for url in ("http://127.0.0.1/", "http://inside.example/", "http://169.254.169.254/"):
        with pytest.raises(FetchFailed) as failed:
            fetch(url)
        assert failed.value.code == "address-refused"
    assert proxy.asked == []


def test_a_proxy_that_does_not_get_through(internet, fetcher):
    proxy = internet.proxy()
    internet.names["a.example"] = ["93.184.216.98", "93.184.216.99"]
    with pytest.raises(FetchFailed) as failed:
        fetcher(proxy=f"http://me:secret@127.0.0.1:{proxy.port}").fetch("http://a.example/")
    assert (failed.value.code, failed.value.may_pass) == ("unreachable", True)
    assert "127.0.0.1" not in str(failed.value)
    assert len(proxy.asked) == 2
    internet.names["a.example"].append(OTHER_PUBLIC)
    internet.site["/"] = page(b"at last")
    found = fetcher(proxy=f"http://127.0.0.1:{proxy.port}").fetch("http://a.example/")
    assert found.body == b"at last"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1", "https://127.0.0.1:1", "socks5://me:secret@h:1", "x", "http://me:secret@h:x"]
)  # fmt: skip
def test_what_is_no_proxy(fetcher, url):
    with pytest.raises(ValueError, match=r"^A proxy is given as http://host:port\.$"):
        fetcher(proxy=url)


def test_dialling_and_looking_up_as_it_is_by_default(internet):
    internet.site["/"] = page(b"here")
    fetch = Fetcher(user_agent="Verifier/0.1", allow_private=True).fetch
    assert fetch(f"http://localhost:{internet.site.port}/").body == b"here"
    with pytest.raises(FetchFailed) as failed:
        Fetcher(user_agent="Verifier/0.1").fetch("http://localhost/")
    assert failed.value.code == "address-refused"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchFailed) as failed:
        fetch(f"http://127.0.0.1:{port}/")
    assert failed.value.code == "unreachable"
