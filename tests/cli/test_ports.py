"""Where a program on this machine reaches what listens at an address."""

import pytest

from api.cli.ports import local_url


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("10.0.0.7", "http://10.0.0.7:8000"),
    ],
)
def test_an_address_for_everybody_is_reached_by_loopback(host: str, url: str) -> None:
    assert local_url(host, 8000) == url
