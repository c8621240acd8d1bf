"""Keys that people meet in real logs reach the field that they mean."""

import pytest

from schemas.policy.file import default_policy
from schemas.policy.policy import FieldPolicy

SPELLINGS = {
    "uin": (
        "uin UIN Uin ownerUin OwnerUin owner_uin subAccountUin sub_account_uin subUin accountUin "
        "operateUin creatorUin userId user_id user.id uid accountId enduser.id userIdentity.accountId "
        "userIdentity.principalId recipientAccountId __TAG__.uin __CONTENT__.uin LogJson.uin 账号ID "
        "主账号 子账号ID 用户ID"
    ),
    "username": (
        "username user_name userName UserName user user.name user.username userIdentity.userName "
        "remote_user cs-username login loginName account accountName operator operatorName "
        "__TAG__.username 用户名 账号 操作人 登录名"
    ),
    "ip_address": (
        "ip_address ipAddress IPAddress ip IP ipAddr ip_addr server_addr serverIp server_ip host.ip "
        "s-ip server.address privateIpAddress publicIp __TAG__.ip IP地址 服务器IP"
    ),
    "client_ip": (
        "client_ip clientIp ClientIP clientIP client-ip client.ip x-forwarded-for X-Forwarded-For "
        "http_x_forwarded_for remote_addr remoteAddr remoteIp x-real-ip http_x_real_ip c-ip "
        "client.address http.client_ip userIp __TAG__.client_ip 客户端IP 客户端ＩＰ"
    ),
    "description": ("description Description desc Desc summary detail __TAG__.description 描述"),
    "url": (
        "url URL uri request_uri requestURI requestUrl request_url url.full url.original http.url "
        "http.target cs-uri-stem path __TAG__.url 请求地址 请求URL"
    ),
    "source_ip": (
        "source_ip sourceIp SourceIP source.ip srcIp src_ip src sourceIPAddress sourceIPs sourceIPs.0 "
        "source.address net.peer.ip __TAG__.source_ip 来源IP 源IP"
    ),
    "application_description": (
        "application_description applicationDescription ApplicationDescription "
        "application.description appDescription app_desc appDesc applicationInfo __TAG__.app_desc "
        "应用描述"
    ),
    "request_id": (
        "request_id requestId RequestId requestID request-id x-request-id X-Request-Id "
        "http_x_request_id SeqId seq_id traceId trace_id trace.id traceparent auditID reqId "
        "x-correlation-id x-cos-request-id http.request.id Response.RequestId __TAG__.request_id "
        "请求ID"
    ),
    "access_time": (
        "access_time accessTime AccessTime timestamp Timestamp @timestamp time ts datetime eventTime "
        "event_time time_local time_iso8601 msec requestReceivedTimestamp stageTimestamp log_time "
        "__TAG__.access_time 访问时间 时间"
    ),
    "dns_domain_name": (
        "dns_domain_name dnsDomainName DNSDomainName domain Domain domainName domain_name qname QNAME "
        "queryName dns.question.name host Host http_host server_name hostname host.name fqdn sni "
        "url.domain requestParameters.Host :authority __TAG__.domain 域名"
    ),
    "error_message": (
        "error_message errorMessage ErrorMessage error.message errMsg err_msg errormsg error_msg "
        "error err exception exception.message exception.stacktrace error.stack_trace stackTrace "
        "failReason Response.Error.Message __TAG__.err_msg 错误信息 失败原因"
    ),
    "network_type": (
        "network_type networkType NetworkType network.type netType net_type network __TAG__.net_type 网络类型"
    ),
    "output": (
        "output Output stdout stderr log message msg logMessage __RAWLOG__ __CONTENT__ __TAG__.output "
        "输出 日志内容"
    ),
    "resource_id": (
        "resource_id resourceId ResourceId resource.id instanceId InstanceId instance_id uInstanceId "
        "cloud.instance.id cloud.resource_id resId __TAG__.instance_id 资源ID 实例ID"
    ),
    "single_step_debugging_information": (
        "single_step_debugging_information singleStepDebuggingInformation singleStepDebugInfo "
        "stepDebugInfo debugInfo debug_info debug __TAG__.debug_info 单步调试信息"
    ),
    "state": (
        "state State status Status phase runStatus task_state jobStatus status_code statusCode "
        "responseStatus.code http.response.status_code event.outcome exit_code __TAG__.state 状态 "
        "状态码"
    ),
}


@pytest.mark.parametrize(
    ("key", "field"), [(key, field) for field, keys in SPELLINGS.items() for key in keys.split()]
)
def test_a_key_of_a_real_log_reaches_its_field(key: str, field: str) -> None:
    assert default_policy().field_of(key) == field


@pytest.mark.parametrize("rule", default_policy().fields, ids=lambda rule: rule.name)
def test_the_published_name_of_a_field_reaches_it(rule: FieldPolicy) -> None:
    assert default_policy().field_of(rule.label) == rule.name


@pytest.mark.parametrize(
    "key",
    [
        "", "_", "id", "name", "operator_mobile", "x_user_mail", "created_by", "submitter", "remark", "备注",
        "pod_ip", "__SOURCE__", "__FILENAME__", "__PKGID__", "userAgent", "request_time", "level", "thread",
    ],
)  # fmt: skip
def test_a_key_that_the_policy_does_not_name_reaches_nothing(key: str) -> None:
    assert default_policy().field_of(key) is None
