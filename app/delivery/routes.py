"""Weekly delivery: a member's e-mail, an organization's webhooks, messages that did not arrive."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Path, Query, Response

from app import delivery_table as tables
from app.delivery import examples, service
from app.delivery.schemas import (
    DeliveryPage,
    DeliveryRow,
    MyDelivery,
    MyDeliveryChange,
    NewWebhook,
    Webhook,
    WebhookCreate,
    WebhookPage,
)
from app.demo_ids import demo_id
from app.deps import AdminPerson, CoachPerson, MemberPerson, NowDep, SessionDep, SettingsDep
from app.errors import Forbidden
from app.idempotency import KeyedDep, KeyedRoute, SecretKeyedDep
from app.paging import Cursor, Limit
from app.problems import documented

router = APIRouter(prefix="/v1", tags=["Delivery"], route_class=KeyedRoute)

WebhookId = Annotated[
    UUID,
    Path(
        description="Id of a webhook.",
        openapi_examples={"demo": {"summary": "The demo gym's", "value": str(demo_id("webhook"))}},
    ),
]
DeliveryId = Annotated[
    UUID,
    Path(
        description="Id of a message.",
        openapi_examples={"demo": {"summary": "One that did not arrive", "value": str(demo_id("delivery"))}},
    ),
]
InState = Annotated[
    tables.DeliveryState,
    Query(
        description="Messages in this state: `dead` ones wait for a person.",
        openapi_examples={"dead": {"summary": "Those that did not arrive", "value": "dead"}},
    ),
]


def managed_webhook(webhook_id: WebhookId, person: CoachPerson, session: SessionDep) -> tables.Webhook:
    """Return a webhook of the admin's organization; it must be visible before the role matters."""
    webhook = service.find_webhook(session, person, webhook_id)
    if person.role != "admin":
        raise Forbidden
    return webhook


ManagedWebhook = Annotated[tables.Webhook, Depends(managed_webhook)]


@router.get("/me/delivery")
def get_my_delivery(person: MemberPerson, session: SessionDep) -> MyDelivery:
    """Read whether your week comes by e-mail, and when."""
    return service.my_delivery(session, person)


@router.put("/me/delivery")
def change_my_delivery(
    person: MemberPerson,
    session: SessionDep,
    now: NowDep,
    body: Annotated[MyDeliveryChange, Body(openapi_examples=examples.MY_DELIVERY)],
) -> MyDelivery:
    """Choose whether your week comes by e-mail, and when.

    The e-mail goes to the address you sign in with, in your language. A week whose time has passed comes at once.
    """
    return service.change_my_delivery(session, person, body, now=now)


@router.get("/webhooks")
def list_webhooks(person: AdminPerson, session: SessionDep) -> WebhookPage:
    """List where your organization is told what happens."""
    return WebhookPage(items=[service.to_webhook(row) for row in service.list_webhooks(session, person)])


@router.post("/webhooks", status_code=201, responses=documented(409))
def add_webhook(
    person: AdminPerson,
    session: SessionDep,
    settings: SettingsDep,
    now: NowDep,
    response: Response,
    body: Annotated[WebhookCreate, Body(openapi_examples=examples.WEBHOOK)],
    _key: SecretKeyedDep,
) -> NewWebhook:
    """Have your own service told what happens, with a signature it can check.

    Messages follow Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`. The secret is shown once.
    Answer 2xx within 20 seconds; anything else is repeated for about a day with the same `webhook-id`, `Retry-After` is
    respected, and 410 ends it. A message may come twice: go by its id.
    """
    webhook, secret = service.add_webhook(session, person, body, settings=settings, now=now)
    response.headers["Location"] = f"/v1/webhooks/{webhook.id}"
    return NewWebhook(**service.to_webhook(webhook).model_dump(), secret=secret)


@router.get("/webhooks/{webhook_id}")
def get_webhook(webhook: ManagedWebhook) -> Webhook:
    """Read where your organization is told what happens, and whether that still works."""
    return service.to_webhook(webhook)


@router.post("/webhooks/{webhook_id}/secret")
def rotate_webhook_secret(
    webhook: ManagedWebhook,
    session: SessionDep,
    settings: SettingsDep,
    now: NowDep,
    _key: SecretKeyedDep,
) -> NewWebhook:
    """Make a new secret, shown once; for a day messages are signed with the old one too."""
    secret = service.rotate_secret(session, webhook, settings=settings, now=now)
    return NewWebhook(**service.to_webhook(webhook).model_dump(), secret=secret)


@router.delete("/webhooks/{webhook_id}", status_code=204)
def remove_webhook(webhook: ManagedWebhook, session: SessionDep) -> None:
    """Stop telling it anything; what was still to be sent is dropped."""
    service.remove_webhook(session, webhook)


@router.get("/deliveries")
def list_deliveries(
    person: CoachPerson, session: SessionDep, state: InState = "dead", limit: Limit = 20, cursor: Cursor = None
) -> DeliveryPage:
    """See which weekly e-mails and webhooks did not arrive, and why."""
    rows, following = service.list_deliveries(session, person, state=state, limit=limit, cursor=cursor)
    return DeliveryPage(items=[service.to_delivery(*row) for row in rows], next_cursor=following)


@router.post("/deliveries/{delivery_id}/retry", responses=documented(409))
def retry_delivery(
    delivery_id: DeliveryId, person: CoachPerson, session: SessionDep, now: NowDep, _key: KeyedDep
) -> DeliveryRow:
    """Try a message again now, after whatever stopped it was put right."""
    return service.to_delivery(*service.retry_delivery(session, person, delivery_id, now=now))
