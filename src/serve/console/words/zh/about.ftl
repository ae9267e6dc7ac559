# 地址与密钥
about-lead = 您的程序与本机商店通信所需的信息。
about-program = 关于本程序
version = 版本
log-extent = 日志
log-holds =
    { $count ->
       *[other] { $count } 条记录
    }
its-address = 商店地址
its-vendor = 被调用的服务商
no-vendor = 无；启动时请用 --vendor 指定您程序的地址
its-clock = 时钟比本机快
its-keys = 密钥
keys-reveal = 您自己设置的密钥不会在此显示。可在命令行中查看：
interfaces = 接口
interface = 接口
edition = 版本
operations = 操作数
