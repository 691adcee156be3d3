from hypothesis import given, settings, HealthCheck
from specdraft import Spec
from tests.specs import specs

@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs)
def test_markdown_round_trip(spec: Spec) -> None:
    text = spec.to_markdown()
    back = Spec.from_markdown(text)
    for name in Spec.model_fields:
        assert getattr(back, name) == getattr(spec, name), name
    assert back.to_markdown() == text
