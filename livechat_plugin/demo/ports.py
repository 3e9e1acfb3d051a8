"""Ports on the loopback interface."""

import socket


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether somebody could listen on the port now."""
    try:
        # create_server reuses an address whose connections are only lingering, as servers do.
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
