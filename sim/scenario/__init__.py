"""What a scenario file may say, and how it is read. Samples nothing."""

from sim.scenario.experiment import Experiment, Point
from sim.scenario.loading import load, load_experiment, parse, parse_experiment
from sim.scenario.population import Device, Population
from sim.scenario.presets import KINDS as PRESET_KINDS
from sim.scenario.presets import Preset, presets, with_preset
from sim.scenario.schema import Banner, Consent, Removal, Scenario, SystemUnderTest, WebPage, Website
from sim.scenario.sources import ScenarioError
from sim.scenario.starting import QUICK, STARTER, new_scenario, scenario_schema, without_thresholds
from sim.scenario.sweeps import Sweep
from sim.scenario.systems import installed_systems, system_settings
from sim.scenario.thresholds import Threshold

__all__ = [
    "PRESET_KINDS",
    "QUICK",
    "STARTER",
    "Banner",
    "Consent",
    "Device",
    "Experiment",
    "Point",
    "Population",
    "Preset",
    "Removal",
    "Scenario",
    "ScenarioError",
    "Sweep",
    "SystemUnderTest",
    "Threshold",
    "WebPage",
    "Website",
    "installed_systems",
    "load",
    "load_experiment",
    "new_scenario",
    "parse",
    "parse_experiment",
    "presets",
    "scenario_schema",
    "system_settings",
    "with_preset",
    "without_thresholds",
]
