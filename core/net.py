"""Which addresses may be connected to: public ones, and the private networks the configuration allows."""

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.errors import AddressDenied

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_URL = 2083  # the longest address browsers ever agreed on; longer ones are traps
HOSTILE = re.compile(r"[\\\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")
# Other services than the web listen there: the list of the Fetch standard ("port blocking"), which browsers obey
OTHER_PORTS = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))  # fmt: skip
DOTS = "\u3002\uff61"  # full stops to those who resolve names, which Unicode's own folding leaves
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressPolicy:
    """Decides on the very address of a connection, after names are resolved."""

    def __init__(self, allow: Iterable[Network] = ()) -> None:
        self._allow = tuple(allow)

    def check(self, ip: str, port: int) -> None:
        """Raises AddressDenied unless `ip` is public or in an allowed network."""
        try:
            address = unwrap(ipaddress.ip_address(ip.split("%")[0]))
        except ValueError as error:  # a name: nobody resolved it, so nobody knows where it leads
            raise AddressDenied(f"{ip} port {port} is no IP address") from error
        if any(address in network for network in self._allow if network.version == address.version):
            return
        if not _is_public(address):
            raise AddressDenied(f"{ip} port {port} is private, local or reserved")


def _is_public(address: Address) -> bool:
    # is_global alone lets multicast and, in version 6, the old site-local fec0::/10 through
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    return address.is_global and not (isinstance(address, ipaddress.IPv6Address) and address.is_site_local)


def unwrap(address: Address) -> Address:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 one: that is where a packet would end."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def check_url(url: str) -> str:
    """The address itself, refused where two parsers could read it differently. Raises AddressDenied."""
    if len(url) > MAX_URL:
        raise AddressDenied(f"longer than {MAX_URL} characters")
    if HOSTILE.search(url):
        raise AddressDenied("a backslash, blank or control character")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressDenied(str(error)) from error
    if parts.scheme not in ("http", "https"):
        raise AddressDenied(f"scheme {parts.scheme or '(none)'}: only http and https")
    if not host:
        raise AddressDenied("no host")
    if "@" in parts.netloc:
        raise AddressDenied("a user name or password inside")
    if "%" in host or (not host.isascii() and any(_disguised(c) for c in host)):
        raise AddressDenied("a character in the host that stands for another")
    if port in OTHER_PORTS:
        raise AddressDenied(f"port {port} belongs to another service than the web")
    return url


def _disguised(character: str) -> bool:
    """Whether some reader takes it for a letter, digit or dot of ASCII, or for nothing at all."""
    if character.isascii():
        return False
    folded = unicodedata.normalize("NFKC", character)
    return character in DOTS or any(c.isascii() for c in folded) or unicodedata.category(character) == "Cf"
