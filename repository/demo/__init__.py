"""The demonstration centre: invented organisations and people, original materials, and the makers of their files."""

from repository.demo.centre import DemoAction, DemoCentre, DemoOrganisation, DemoPerson, demo_centre
from repository.demo.make_files import make_file
from repository.demo.material import DemoFile, DemoMaterial, demo_materials

__all__ = [
    "DemoAction",
    "DemoCentre",
    "DemoFile",
    "DemoMaterial",
    "DemoOrganisation",
    "DemoPerson",
    "demo_centre",
    "demo_materials",
    "make_file",
]
