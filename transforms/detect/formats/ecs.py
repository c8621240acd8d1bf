"""Names of the Elastic Common Schema 8, and those that Logstash's patterns had before it, as fields of the policy.

Source: ECS field reference 8.17 (field sets user, source, client, destination, server, host, url, email, dns, error,
cloud, http, event); names of captures in logstash-patterns-core 4.3, legacy and ecs-v1.
"""

_FIELDS = {
    "username": "user.name user.effective.name user.target.name user.changes.name cloud.account.name url.username related.user"
    " auth user ruser username userid src_user dst_user file.owner process.real_user.name process.user.name",
    "uin": "user.id cloud.account.id user.hash user.target.id user.effective.id",
    "email": "user.email user.target.email user.changes.email email.from.address email.to.address email.cc.address"
    " email.bcc.address email.sender.address email.reply_to.address",
    "person": "user.full_name user.target.full_name user.changes.full_name",
    "secret": "url.password",
    "source_ip": "source.ip source.address source.nat.ip src_ip src_mapped_ip src_xlated_ip",
    "client_ip": "client.ip client.address client.nat.ip network.forwarded_ip clientip client_ip forwarded_for",
    "ip_address": "ip destination.ip destination.address destination.nat.ip server.ip server.address server.nat.ip host.ip"
    " observer.ip related.ip dst_ip dst_mapped_ip dst_xlated_ip dns.resolved_ip dns.answers.data",
    "url": "url.original url.full url.path url.query http.request.referrer referrer request",
    "dns_domain_name": "url.domain host.name host.hostname source.domain client.domain destination.domain server.domain"
    " dns.question.name observer.hostname logsource",
    "error_message": "error.message error.stack_trace",
    "output": "message log.original event.original event.reason process.command_line",
    "request_id": "http.request.id trace.id transaction.id event.id span.id",
    "resource_id": "cloud.instance.id container.id",
    "access_time": "@timestamp timestamp event.created event.start event.end",
    "state": "event.outcome http.response.status_code response",
}
_NAMES = {name: field for field, names in _FIELDS.items() for name in names.split()}


def ecs_name(name: str) -> str | None:
    """Return the field of the policy, or the kind, that a name of the Elastic Common Schema stands for.

    Field sets nest, as `user` in `client.user.name`: the end of a name counts where the whole is not known.

    Example:
        >>> [ecs_name(name) for name in ("source.ip", "client.user.email", "nginx.access.user.name", "process.pid", "process.name")]
        ['source_ip', 'email', 'username', None, None]
    """
    words = name.split(".")
    ends = (".".join(words[at:]) for at in range(max(1, len(words) - 1)))
    return next((_NAMES[end] for end in ends if end in _NAMES), None)
