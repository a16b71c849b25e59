"""What a server can do with HTTP itself."""

import asyncio

from tests.crawler.hostile.case import Case, chunked, failing, raw, sent
from tests.crawler.web import answer

OK = "HTTP/1.1 200 OK\nContent-Type: text/html\n"
LENGTH = OK + "Content-Length: {}\nConnection: close\n\n"
PIECES = OK + "Transfer-Encoding: chunked\nConnection: close\n\n"
IN_TIME = "did not finish answering in time"
BIG = 40 << 20


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)


async def _reset(writer: asyncio.StreamWriter) -> None:
    writer.write(raw(LENGTH.format(100), b"half"))
    await writer.drain()
    writer.transport.abort()


async def _slow_head(writer: asyncio.StreamWriter) -> None:
    for byte in raw(OK):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


STATUS_LINES = [
    Case("nothing", "closes the connection without a word",
         "asked once more, as a kept connection may have ended; then fails",
         failing(), b"", asked=2),
    Case("half_a_status_line", "sends half a status line and closes", "asked once more, then fails in words", failing(),
         b"HTTP/1.1 20", asked=2),
    Case("ssh", "is an SSH server", "fails in words", failing(), b"SSH-2.0-OpenSSH_9.7\r\n\r\n"),
    Case("smtp", "is a mail server", "fails in words", failing(), b"220 mail.example ESMTP\r\n\r\n"),
    Case("http_09", "answers as HTTP/0.9: a body at once", "fails in words", failing(), b"<html>hello</html>\r\n\r\n"),
    Case("zero_bytes", "sends zeros", "fails in words", failing(), b"\0" * 500 + b"\r\n\r\n"),
    Case("tls_on_plain", "speaks TLS where plain HTTP was asked", "fails in words", failing(),
         b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n"),
    Case("http_9", "says HTTP/9.9", "fails in words, or its body is read as HTTP/1.1", failing(),
         raw("HTTP/9.9 200 OK\nContent-Length: 2\n\n", b"hi")),
    Case("status_000", "answers with status 000", "fails: no such status", failing("answered 0, but"),
         raw("HTTP/1.1 000 Nothing\nContent-Length: 2\n\n", b"hi")),
    Case("status_999", "answers with status 999, as some do to robots", "the status is handed on", 999,
         raw("HTTP/1.1 999 Denied\nContent-Length: 2\n\n", b"hi")),
    Case("status_1000", "answers with a status of four digits", "fails in words", failing(),
         raw("HTTP/1.1 1000 Many\nContent-Length: 2\n\n", b"hi")),
    Case("status_negative", "answers with status -1", "fails in words", failing(),
         raw("HTTP/1.1 -1 No\nContent-Length: 2\n\n", b"hi")),
    Case("status_words", "answers with a word for a status", "fails in words", failing(),
         raw("HTTP/1.1 okay\nContent-Length: 2\n\n", b"hi")),
    Case("reason_bomb", "explains its status in 1 MB", "fails: no line is read so long", failing(),
         raw(f"HTTP/1.1 200 {'x' * 1_000_000}\nContent-Length: 2\n\n", b"hi")),
    Case("reason_bytes", "explains its status in bytes beyond ASCII", "its body is read", b"hi",
         b"HTTP/1.1 200 \xff\xfe\x80\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"),
    Case("status_204", "answers 204", "the status is handed on: no poll takes it", 204, answer("", 204)),
    Case("status_204_body", "answers 204 with a body all the same", "fails in words", failing("Data after"),
         raw("HTTP/1.1 204 No\nConnection: close\n\n", b"body")),
    Case("status_205", "answers 205", "the status is handed on", 205, answer("", 205)),
    Case("status_206", "answers 206 although no part was asked for", "the status is handed on: no poll takes it", 206,
         answer("half", 206, {"Content-Range": "bytes 0-3/100"})),
    Case("status_304", "answers 304 although nothing of it is known", "fails: there is nothing it could stand for",
         failing("304, but nothing"), answer("", 304)),
    Case("status_101", "switches to another protocol", "fails: nobody asked for it", failing("answered 101, but"),
         raw("HTTP/1.1 101 Switching\nUpgrade: websocket\nConnection: Upgrade\n\n", b"\x81\x05hello"), timeout=0.5),
    Case("status_418", "answers 418", "the status is handed on", 418, answer("teapot", 418)),
    Case("two_answers", "sends a second answer nobody asked for", "the first is read, the second never", b"one",
         raw("HTTP/1.1 200 OK\nContent-Length: 3\n\n", b"one") + answer("two")),
]  # fmt: skip

HEADS = [
    Case("endless_headers", "sends headers without end", "fails before they fill the memory", failing(),
         sent(raw(OK), raw(f"X-Pad: {'y' * 4000}\n") * 8, times=2000)),
    Case("many_headers", "sends 20,000 short headers", "fails, or reads the body: within the deadline", failing(),
         raw(OK + "".join(f"X-{n}: 1\n" for n in range(20_000)) + "Content-Length: 2\nConnection: close\n\n", b"hi")),
    Case("long_header", "sends one header of 200 kB", "fails: no line is read so long", failing(),
         answer("hi", headers={"Link": "x" * 200_000})),
    Case("long_header_real", "sends a Link header of 40 kB, as outlets do", "its body is read", b"hi",
         answer("hi", headers={"Link": "x" * 40_000})),
    Case("header_no_colon", "sends a header without a colon", "fails in words", failing(),
         raw(OK + "nonsense\nContent-Length: 2\n\n", b"hi")),
    Case("header_blank_name", "sends a header with a blank in its name", "fails in words", failing(),
         raw(OK + "X Y: 1\nContent-Length: 2\n\n", b"hi")),
    Case("header_nul", "sends a header with a zero byte", "fails in words", failing(),
         raw(OK + "X-A: a\0b\nContent-Length: 2\n\n", b"hi")),
    Case("header_folded", "folds a header over two lines, as was once allowed", "its body is read or it fails", b"hi",
         raw(OK + "X-A: a\n b\nContent-Length: 2\nConnection: close\n\n", b"hi")),
    Case("header_latin", "sends a header in Latin-1", "its body is read", b"hi",
         answer("hi", headers={"X-Title": "año"})),
    Case("header_cr", "hides a header behind a lone CR", "fails: no second header is made of it", failing(),
         b"HTTP/1.1 200 OK\r\nX-A: a\rSet-Cookie: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"),
    Case("cookie_bomb", "sets 300 cookies of 100 characters", "fails or is read; no cookie is ever sent", failing(),
         raw(OK + f"Set-Cookie: a={'c' * 100}\n" * 300 + "Content-Length: 2\nConnection: close\n\n", b"hi")),
    Case("cookies_some", "sets 40 cookies of 1 kB", "its body is read", b"hi",
         raw(OK + f"Set-Cookie: a={'c' * 1000}\n" * 40 + "Content-Length: 2\nConnection: close\n\n", b"hi")),
    Case("type_bomb", "has a Content-Type of 60 kB of parameters", "its body is read", b"hi",
         answer("hi", headers={"Content-Type": "text/html" + "; a=b" * 12_000})),
    Case("type_nonsense", "has a Content-Type that is none", "its body is read", b"hi",
         answer("hi", headers={"Content-Type": ";;;=//\\"})),
    Case("slow_head", "sends its headers a byte at a time", "cut off at the deadline", failing(IN_TIME), _slow_head,
         timeout=0.4),
    Case("informational_flood", "says 103 again and again", "cut off at the deadline", failing(),
         sent(b"", raw("HTTP/1.1 103 Early Hints\nLink: </a>\n\n") * 50, times=10**6, pause=0.002), timeout=0.4),
    Case("continue_flood", "says 100 Continue 2,000 times, then answers", "its body is read", b"hi",
         raw("HTTP/1.1 100 Continue\n\n") * 2000 + answer("hi")),
]  # fmt: skip

BODIES = [
    Case("silence", "takes the request and never answers", "cut off at the deadline", failing(IN_TIME), _silence,
         timeout=0.3),
    Case("drip", "sends a byte every 20 ms", "cut off at the deadline", failing(IN_TIME),
         sent(raw(OK + "\n"), b"x", times=10**6, pause=0.02), timeout=0.4),
    Case("drip_pieces", "sends chunks of one byte every 20 ms", "cut off at the deadline", failing(IN_TIME),
         sent(raw(PIECES), b"1\r\nx\r\n", times=10**6, pause=0.02), timeout=0.4),
    Case("endless", "sends a body without end and without length", "cut off at 8 MiB", failing("more than 8 MiB"),
         sent(raw(OK + "\n"), b"x" * 65536, times=10**6)),
    Case("endless_pieces", "sends chunks without end", "cut off at 8 MiB", failing("more than 8 MiB"),
         sent(raw(PIECES), b"10000\r\n" + b"x" * 65536 + b"\r\n", times=10**6)),
    Case("length_says_too_much", "announces 40 MiB", "refused before any of it is read", failing("more than 8 MiB"),
         raw(LENGTH.format(BIG))),
    Case("length_lies_long", "announces 1,000 bytes and sends 4", "fails: no half answer is taken for a whole one",
         failing("before it was complete"), raw(LENGTH.format(1000), b"half")),
    Case("length_lies_short", "announces 2 bytes and sends many", "fails: the rest is no answer to anything", failing(),
         raw(OK + "Content-Length: 2\n\n", b"hi" + b"x" * 5000)),
    Case("length_lies_short_last", "says besides that nothing follows", "fails: where it ends is anybody's guess",
         failing("Data after"), raw(LENGTH.format(2), b"hi" + b"x" * 5000)),
    Case("length_negative", "announces -5 bytes", "fails in words", failing(), raw(LENGTH.format(-5), b"hi")),
    Case("length_hex", "announces 0x2 bytes", "fails in words", failing(), raw(LENGTH.format("0x2"), b"hi")),
    Case("length_plus", "announces +2 bytes", "fails in words", failing(), raw(LENGTH.format("+2"), b"hi")),
    Case("length_underscore", "announces 1_0 bytes, a number to Python only", "fails in words", failing(),
         raw(LENGTH.format("1_0"), b"0123456789")),
    Case("length_huge", "announces more bytes than 64 bits hold", "fails in words", failing(),
         raw(LENGTH.format(10**30), b"hi")),
    Case("length_twice", "announces two lengths", "fails: two readers would end it at two places", failing(),
         raw(OK + "Content-Length: 2\nContent-Length: 5\nConnection: close\n\n", b"hello")),
    Case("length_and_pieces", "announces a length and chunks", "fails: two readers would end it at two places",
         failing("Transfer-Encoding"),
         raw(OK + "Content-Length: 7\nTransfer-Encoding: chunked\nConnection: close\n\n", chunked(b"hi"))),
    Case("length_missing", "announces nothing and closes at the end", "its body is read", b"hi", raw(OK + "\n", b"hi")),
    Case("piece_not_hex", "gives a chunk a size that is no number", "fails in words", failing(),
         raw(PIECES, b"zz\r\nhi\r\n0\r\n\r\n")),
    Case("piece_negative", "gives a chunk a negative size", "fails in words", failing(),
         raw(PIECES, b"-2\r\nhi\r\n0\r\n\r\n")),
    Case("piece_huge", "gives a chunk a size of 10^30", "fails in words", failing(),
         raw(PIECES, b"f" * 30 + b"\r\nhi\r\n")),
    Case("piece_too_long", "sends more in a chunk than its size", "fails in words", failing(),
         raw(PIECES, b"2\r\nhello\r\n0\r\n\r\n")),
    Case("piece_never_last", "closes without the last chunk", "fails: no half answer is taken for a whole one",
         failing(), raw(PIECES, chunked(b"hi", last=b""))),
    Case("piece_extension", "adds an extension of 200 kB to a chunk",
         "its body is read, the extension is not kept", b"hi",
         raw(PIECES, b"2;x=" + b"y" * 200_000 + b"\r\nhi\r\n0\r\n\r\n")),
    Case("piece_trailers", "sends 5,000 trailers after the last chunk", "fails or its body is read", failing(),
         raw(PIECES, chunked(b"hi", last=b"0\r\n" + b"X-T: 1\r\n" * 5000 + b"\r\n"))),
    Case("piece_tiny", "sends 100,000 chunks of one byte", "its body is read", b"x" * 100_000,
         raw(PIECES, b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n")),
    Case("coding_unknown", "has a transfer coding nobody knows", "is read to its end as it came", b"uv",
         raw(OK + "Transfer-Encoding: rot13\nConnection: close\n\n", b"uv"), timeout=1),
    Case("coding_twice", "says chunked twice", "its body is read", b"hi",
         raw(OK + "Transfer-Encoding: chunked, chunked\nConnection: close\n\n", chunked(b"hi"))),
    Case("reset", "resets the connection in the middle", "fails in words", failing(), _reset),
]  # fmt: skip

CASES = [*STATUS_LINES, *HEADS, *BODIES]
