# 单条记录
exchange-gone = 日志中没有这条记录。日志只保留最新的记录，程序重启后会重新开始。
meaning-conforms = 商店对此没有异议。
meaning-noted = 商店会接受，但有一点值得了解。
meaning-breaks-answer = 商店会拒绝这个应答，或因此出错。
meaning-breaks-call = 商店会拒绝这次调用，或因此出错。
meaning-not-judged = 未能连接到服务商，因此不作判定。
address = 地址
first-byte = { $time } 后收到首字节
tls = TLS
on-purpose = 有意干扰
unread-request = 无法解读
not-http-why = 收到的内容还不成为请求就被拒绝，没有到达商店。以下是其开头部分。
neighbours = 前后记录
previous = 上一条
next = 下一条
findings-broken =
    { $count ->
       *[other] 违反了 { $count } 条规则
    }
findings-advised =
    { $count ->
       *[other] { $count } 条建议
    }
readings = 如何解读
readings-lead = 商店文档的这些地方可以有多种解读，此处符合的是：
skipped = 未判定的规则
skipped-lead = 仅凭这条记录无法判定以下规则。
level-must = 必须
level-should = 应当
level-advice = 建议
problem = 问题
more-of-kind = 还有 { $count } 处同类问题
cause = 可能原因
remark = 备注
mend = 如何修正
why = 原因
in-store = 商店中的表述
source = 出处
expected = 应为
actual = 实为
inferred = 商店文档没有直接写明，此规则由文档内容推断得出。
contradictory = 商店文档在此处自相矛盾；如有疑问，请向商店确认。
not-binding = 商店对此并不强制，仅此一项不会导致失败。
request = 请求
answer = 应答
by-store = 由商店发送
by-vendor = 由服务商发送
no-whole-answer = 没有收到完整的应答。
received-so-far = 在此之前收到的内容：
as-on-wire = 线路上的原始报文
whole-message = 以文本显示完整报文
bytes-more = 还有 { $count } 字节
read = 解读：参数、字段与正文
parameters = 参数（已解码）
fields = 头字段
form-body = 正文（已解码）
json-body = JSON 正文，每个值一行
unread-body = 正文既不是 JSON 也不是表单，请查看上方的字节。
name = 名称
value = 值
again = 再来一次
as-curl = 作为命令
curl-signed-once = 签名在此不显示，且只对一次发送有效。若要再次发送，请让商店发起新的调用。
as-step = 作为场景步骤
step-where = 粘贴到场景文件中工作流的 steps: 之下，并用 storeproof run 运行。
as-await = 作为步骤所等待的调用
await-where = 请添加到促使您的程序调用商店的那个步骤中。
exec-where = 粘贴到场景文件中工作流的 steps: 之下。storeproof run 会启动您的程序并等待这次调用。
