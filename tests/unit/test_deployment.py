"""What `docs/deployment/` offers to copy fits the plugin as it is."""

import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from livechat_plugin.settings import load_settings

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "deployment"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture(scope="module")
def manifests() -> dict[str, Any]:
    """The Kubernetes objects, by kind."""
    documents = YAML(typ="safe").load_all((FILES / "kubernetes.yaml").read_text())
    return {one["kind"]: one for one in documents if one is not None}


@pytest.fixture(scope="module")
def pod(manifests: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = manifests["Deployment"]["spec"]["template"]["spec"]
    return spec


def test_the_configuration_for_kubernetes_is_one_that_the_plugin_takes(
    manifests: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "plugin.toml"
    file.write_text(manifests["ConfigMap"]["data"]["plugin.toml"])
    settings = load_settings(file)
    port = manifests["Service"]["spec"]["ports"][0]["port"]
    assert settings.web.listen_host == "0.0.0.0"  # noqa: S104  # within its own network
    assert settings.web.address.endswith(f":{port}")
    [host] = [rule["host"] for rule in manifests["Ingress"]["spec"]["rules"]]
    assert settings.web.public_address == f"https://{host}"


def test_replicas_read_what_their_configuration_names(manifests: dict[str, Any], pod: dict[str, Any]) -> None:
    configured = tomllib.loads(manifests["ConfigMap"]["data"]["plugin.toml"])
    registration = Path(configured["homeserver"]["registration"])
    [container] = pod["containers"]
    mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    [item] = volumes[mounts[str(registration.parent)]]["secret"]["items"]
    assert item["path"] == registration.name
    assert "configMap" in volumes[mounts["/etc/livechat"]]
    assert "LIVECHAT_CONFIG=/etc/livechat/plugin.toml" in (FILES / "Containerfile").read_text()


def test_each_replica_brings_the_database_up_to_date_before_it_serves(pod: dict[str, Any]) -> None:
    [first], [container] = pod["initContainers"], pod["containers"]
    assert (first["args"], container["args"]) == (["migrate"], ["serve"])
    assert first["image"] == container["image"] == f"livechat:{VERSION}"
    assert first["env"] == container["env"]


def test_nothing_in_a_pod_has_more_rights_than_it_needs(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    for container in [*pod["initContainers"], *pod["containers"]]:
        rights = container["securityContext"]
        assert rights["allowPrivilegeEscalation"] is False
        assert rights["readOnlyRootFilesystem"] is True
        assert rights["capabilities"] == {"drop": ["ALL"]}


def test_a_homeserver_that_is_away_restarts_no_replica(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]
    paths = {probe: container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert paths == {"startupProbe": "/health", "livenessProbe": "/health", "readinessProbe": "/ready"}


def test_browsers_reach_the_pages_and_nothing_else(manifests: dict[str, Any]) -> None:
    [rule] = manifests["Ingress"]["spec"]["rules"]
    assert {path["path"] for path in rule["http"]["paths"]} == {"/console", "/panel", "/assets"}


def test_the_unit_runs_what_was_installed_where_the_page_says_so() -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # as systemd reads it
    unit.read_string((FILES / "livechat.service").read_text())
    page = (ROOT / "docs" / "install.md").read_text()
    service = unit["Service"]
    command, _, argument = service["ExecStart"].partition(" ")
    assert argument == "serve"
    assert f"python3 -m venv {Path(command).parents[1]}" in page
    assert f"--home-dir {service['WorkingDirectory']}" in page
    assert service["ReadWritePaths"] == service["WorkingDirectory"]
    assert service["EnvironmentFile"].removeprefix("-") in page
    assert (service["Restart"], unit["Unit"]["StartLimitIntervalSec"]) == ("always", "0")
