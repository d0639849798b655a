"""Hearing a session for as long as a widget lives."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from designer.session.session import Session


def observe_while(listener: QObject, session: Session, observer: Callable[[str], None]) -> Callable[[], None]:
    """Call `observer(topic)` when the session changes, until `listener` is destroyed.

    Returns a function that ends it earlier; it may be called twice.
    """
    end = session.observe(observer)

    def stop(_: object = None) -> None:
        end()

    listener.destroyed.connect(stop)
    return stop
