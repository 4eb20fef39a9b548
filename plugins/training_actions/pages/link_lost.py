"""A link that is replaced, lost and sent again, or becomes an account."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from plugins.training_actions import accounts, links
from plugins.training_actions.names import called
from plugins.training_actions.pages.link import me_of, pages
from plugins.training_actions.pages.link_page import home_page
from repository.api import Locked, begin, client_address, count_asking, enqueue, look, services


@pages.post("/<token>/replace")
def replace(token: str) -> AnyResponse:
    """End this link and mail another to the known address: it may have come into other hands."""
    with begin() as work:
        links.replace(work, services(), me_of(work))
    return redirect(url_for(".lost_sent"), 303)


@pages.post("/<token>/account")
def account(token: str) -> AnyResponse:
    """Send the mail that makes the link an account; asking again and again is held back."""
    me = me_of(look())
    locked = count_asking(services(), "link-account", me.email, client_address()) if me.email else None
    if isinstance(locked, Locked):
        words = gettext("Já lhe enviámos mensagens há pouco: veja no correio. Se não chegou nada, espere um pouco.")
        page = render_template("training_actions/link_home.html", **home_page(look(), me), refused=words)
        return Response(page, 429, headers={"Retry-After": str(locked.seconds)})
    with begin() as work:
        accounts.ask(work, me_of(work))
    flash(gettext("Enviámos uma mensagem para o seu endereço: abra-a para acabar de criar a conta."), "success")
    return redirect(url_for(".home", token=token), 303)


@pages.get("/confirm/<secret>")
def confirm(secret: str) -> str:
    """Ask for one more touch: programs that look into mail open links too."""
    work = look()
    who = accounts.find(work, secret)
    return render_template("training_actions/link_confirm.html", who=who, first_name=called(who.name), canonical="")


@pages.post("/confirm/<secret>")
def make_account(secret: str) -> AnyResponse:
    """Make the account, or join the one with this address, and go on to it."""
    url = accounts.confirm(services(), secret)
    if not url:
        flash(gettext("A conta que já tinha está ligada ao que entregou. Inicie sessão."), "success")
        return redirect(url_for("account.login", next="/me"), 303)
    return redirect(url, 303)


@pages.get("/lost")
def lost() -> str:
    """The form for somebody whose link is lost."""
    return render_template("training_actions/link_lost.html", errors={}, email="")


@pages.post("/lost")
def ask_again() -> AnyResponse:
    """Take the address down. The answer is the same whether it is known or not; looking it up is left to a job."""
    email = request.form.get("email", "").strip()
    if "@" not in email or len(email) > 254:
        wrong = {"email": gettext("Escreva um endereço de correio completo, como nome@escola.pt.")}
        return Response(render_template("training_actions/link_lost.html", errors=wrong, email=email[:254]), 422)
    locked = count_asking(services(), "lost-link", email, client_address())
    if isinstance(locked, Locked):
        wrong = {"email": gettext("Foram muitos pedidos seguidos. Espere um pouco.")}
        page = render_template("training_actions/link_lost.html", errors=wrong, email=email)
        return Response(page, 429, headers={"Retry-After": str(locked.seconds)})
    with begin() as work:
        enqueue(work, "training_actions.resend", priority=15, email=email)
    return redirect(url_for(".lost_sent"), 303)


@pages.get("/lost/sent")
def lost_sent() -> str:
    """Says that a mail is on its way, if there is somebody to write to."""
    return render_template("training_actions/link_sent.html")
