"""The one HTTP server of a process: how it takes connections."""

import socket

from bot import server


async def test_no_answer_waits_for_the_word_that_its_first_piece_came() -> None:
    """Else each costs 40 ms on a connection that was used before."""
    with await server._listening("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()) as browser:
        taken, _ = listening.accept()
        with taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert browser.recv(1) == b""
