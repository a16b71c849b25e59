"""Answers that are more than they seem: bombs of every coding, nested, cut, and mislabelled."""

import gzip
import zlib

import brotli
from backports import zstd

from tests.crawler.hostile.case import Case, Route, failing
from tests.crawler.web import answer

ZEROS = b"\0" * (48 << 20)
TOO_MUCH = "more than 8 MiB"
NEWS = b"news " * 1000


def _packed(data: bytes, coding: str) -> Route:
    return answer(data, headers={"Content-Encoding": coding})


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _over_and_over(times: int) -> bytes:
    data = NEWS
    for _ in range(times):
        data = gzip.compress(data, 1)
    return data


GZIP_BOMB = gzip.compress(ZEROS, 9)
PACKERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}

BOMBS = [
    *(
        Case(f"bomb_{coding}", f"packs 48 MiB of zeros with {coding} into {len(pack(ZEROS)) >> 10} kB",
             "cut off at 8 MiB, unpacked", failing(TOO_MUCH), _packed(pack(ZEROS), coding))
        for coding, pack in PACKERS.items()
    ),
    Case("bomb_raw_deflate", "packs 48 MiB as bare deflate without its header", "cut off at 8 MiB, unpacked",
         failing(TOO_MUCH), _packed(_raw_deflate(ZEROS), "deflate")),
    Case("bomb_x_gzip", "packs 48 MiB and calls it x-gzip", "cut off at 8 MiB, unpacked", failing(TOO_MUCH),
         _packed(GZIP_BOMB, "x-gzip")),
    Case("bomb_nested", "packs 48 MiB twice, into a few hundred bytes", "cut off at 8 MiB, unpacked",
         failing(TOO_MUCH), _packed(gzip.compress(GZIP_BOMB), "gzip, gzip")),
    Case("bomb_mixed", "packs 48 MiB with gzip and that with br", "cut off at 8 MiB, unpacked", failing(TOO_MUCH),
         _packed(brotli.compress(GZIP_BOMB), "gzip, br")),
    Case("bomb_members", "sends 60 gzip members of 1 MiB each", "cut off at 8 MiB, unpacked", failing(TOO_MUCH),
         _packed(gzip.compress(ZEROS[: 1 << 20]) * 60, "gzip")),
    Case("bomb_headers", "names the coding in one header after the other", "refused: packed 3 times over",
         failing("packed 3 times over"), {"/a": answer(_over_and_over(3), headers={"Content-Encoding":
         "gzip\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip"})}),
    Case("over_and_over", "packs its body 40 times over", "refused: packed 40 times over",
         failing("packed 40 times over"), _packed(_over_and_over(40), ", ".join(["gzip"] * 40))),
    Case("codings_named", "names 8,000 codings that are none", "refused without a word of them",
         failing("times over"), _packed(NEWS, ",".join(["x"] * 8000))),
    Case("bomb_unknown", "sends a coding nobody asked for", "the bytes are handed on as they are", NEWS,
         _packed(NEWS, "compress")),
    Case("bomb_robots", "has a robots.txt that is a bomb", "fails: what it forbids is not known", failing(),
         {"/robots.txt": _packed(GZIP_BOMB, "gzip"), "/a": answer("hi")}, asked=0),
]  # fmt: skip

HONEST = [
    *(Case(f"honest_{coding}", f"packs its body with {coding}", "its body is read", NEWS, _packed(pack(NEWS), coding))
      for coding, pack in PACKERS.items()),
    Case("honest_twice", "packs its body twice by mistake", "its body is read", NEWS,
         _packed(_over_and_over(2), "gzip, gzip")),
    Case("honest_identity", "says that nothing is packed", "its body is read", NEWS, _packed(NEWS, "identity")),
    Case("honest_8_mib", "unpacks to just 8 MiB", "its body is read", ZEROS[: 8 << 20],
         _packed(gzip.compress(ZEROS[: 8 << 20]), "gzip")),
]  # fmt: skip

BROKEN = [
    Case("packed_not", "says gzip and sends plain text", "fails in words", failing("cannot be decompressed"),
         _packed(b"plain text", "gzip")),
    Case("packed_other", "says br and sends gzip", "fails in words", failing(), _packed(gzip.compress(NEWS), "br")),
    Case("packed_zstd_not", "says zstd and sends plain text", "fails in words", failing(),
         _packed(b"plain text", "zstd")),
    Case("packed_deflate_not", "says deflate and sends plain text", "fails in words", failing(),
         _packed(b"plain text", "deflate")),
    Case("packed_cut", "cuts its gzip body in the middle", "what can be unpacked is read", NEWS,
         _packed(gzip.compress(NEWS, 0)[:-8], "gzip")),
    Case("packed_tail", "adds rubbish after its gzip body", "its body is read", NEWS,
         _packed(gzip.compress(NEWS) + b"rubbish" * 50, "gzip")),
    Case("packed_checksum", "has a gzip checksum that is wrong", "its body is read: senders get it wrong", NEWS,
         _packed(gzip.compress(NEWS)[:-8] + b"\0" * 8, "gzip")),
    Case("packed_empty", "says gzip and sends nothing", "an empty body is read", b"", _packed(b"", "gzip")),
    Case("packed_304", "answers an error with a packed body", "its body is read", 404,
         answer(gzip.compress(NEWS), 404, {"Content-Encoding": "gzip"})),
]  # fmt: skip

CASES = [*BOMBS, *HONEST, *BROKEN]
