"""`kpi open` and `kpi serve`: the page in a browser, from its file or from a server of this machine alone."""

from __future__ import annotations

from pipelines.cli.console import console
from pipelines.publish.local_server import audience_folder, make_server
from pipelines.settings import Settings


def open_page(settings: Settings, audience: str) -> None:
    """Opens the page in the browser, and prints where it lies. Raises KpiError where there is none."""
    import webbrowser

    path = audience_folder(settings.serving, audience) / "index.html"
    console().print(str(path), markup=False)
    try:
        is_open = webbrowser.open(path.as_uri())
    except webbrowser.Error:
        is_open = False
    if not is_open:
        console(stderr=True).print("no browser was found here: open the file above in one", markup=False)


def serve(settings: Settings, port: int, audience: str, with_data: bool) -> None:
    """Serves the page to this machine until Ctrl-C. Raises KpiError where there is no page, or the port is taken."""
    with make_server(settings.serving, audience, port, with_data) as server:
        console().print(f"http://localhost:{server.server_address[1]}/  (this machine only; Ctrl-C ends)", markup=False)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            console().print("ended", markup=False)
