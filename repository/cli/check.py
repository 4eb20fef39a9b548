"""`check`: does the house keep its promises?"""

import click

from repository.checking import check as prove
from repository.console import json_option, pass_services, report
from repository.house import load_stored
from repository.schema import present
from repository.work import Services


@click.command()
@click.option("--full", is_flag=True, help="Read every file again; else a seventh of them each day.")
@click.option("--deploy", is_flag=True, help="Also say what to mend before other machines may reach the house.")
@json_option
@pass_services
def check(services: Services, full: bool, deploy: bool, as_json: bool) -> None:
    """Prove the promises: files, database, audit trail, jobs and index. Ends with 1 when one is broken."""
    if present(services):
        load_stored(services)
    result = prove(services, full=full, deploy=deploy)
    report(result, lambda: [line(each) for each in result["findings"]], as_json=as_json)
    if not result["ok"]:
        raise click.exceptions.Exit(1)


def line(finding: dict[str, object]) -> str:
    """Return a finding as one line for people."""
    told = f": {finding['detail']}" if finding["detail"] else ""
    return f"{'ok    ' if finding['ok'] else 'BROKEN'} {finding['promise']}{told}"
