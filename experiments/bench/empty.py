"""An empty BentoML endpoint: the latency of the server alone."""

import bentoml


@bentoml.service(
    name="empty", workers=1, traffic={"timeout": 30}, logging={"access": {"enabled": False}}, endpoints={"readyz": "/readyz"}
)
class Empty:
    """Answer with an empty object."""

    @bentoml.api(route="/v1/empty")
    async def empty(self) -> dict[str, str]:
        """Return an empty object."""
        return {}
