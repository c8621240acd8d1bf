"""Words that tell an account or a person's name from ordinary language."""

COMMON_ACCOUNTS = frozenset(
    """root admin administrator test testuser user users guest data system service server client nobody daemon
    default operator support public anonymous unknown none null demo sample backup mail ftp www www-data web app
    api job jobs task run log logs info error debug main master node worker agent proxy host local localhost
    mysql postgres oracle redis kafka hadoop hdfs hive spark yarn nginx tomcat jenkins git docker kube ubuntu
    centos ec2-user vagrant pi dev prod stage staging build deploy monitor manager owner customer account name
    login state file path time type value status result output input message process thread request response""".split()
)
"""Account names that are ordinary words of logs or ship with systems: taken only next to a cue."""

NO_NAME = frozenset(
    """a an the this that these those is are was were be been being has have had do does did will would can could
    may might must shall should not no none null nil undefined unknown true false and or but if then else when while
    for from to in on at by with without of as into via per than it its they he she we you i my your our their
    here there where who what which how all any each every some both only also already still just now yet again
    id ids uid name names agent agents data info information details detail input inputs session sessions group
    groups request requests service services error errors interface interfaces space mode modes type types level
    levels role roles table tables list lists token tokens key keys password passwords credentials credential
    profile profiles account accounts accts login logins logon logout input object objects class classes field fields
    permission permissions access action actions activity event events message messages experience story guide
    manual defined specified supplied provided requested given created generated-by authentication authorization
    count counts number numbers limit limits quota value values size query queries process processes thread threads
    child time times cpu memory load file files directory directories path folder home code space-time space
    management manager controller repository mapper entity model dao dto vo bo po bean config configuration
    settings setting preferences preference option options parameter parameters argument arguments variable
    attribute attributes property properties metadata identity principal subject domain namespace context scope
    state status result results response output command commands exit signal default defaults failed failure
    fails fail success successful successfully succeeded denied invalid valid missing empty disabled enabled
    locked unlocked expired exists existed found required allowed forbidden unauthorized rejected accepted
    attempt attempts attempted logged logging connected disconnected connection connections closed opened opening
    open close push pull update updates insert delete deletes select create creates read reads write writes
    please contact see check unable cannot can't couldn't doesn't isn't so because during after before until since
    between against under over above below more less most least other others another same such own new old first
    last next previous current version module modules method methods function functions system systems server
    servers client clients node nodes host hosts cluster database db schema mapping handle handler filter
    thrift rpc api http https url uri ip address addresses port ports email mail phone mobile number address-book
    registration register registered sign signin signup sync cache cookie cookies images image avatar avatars
    content contents feedback facing friendly level-up land mode-switch stack frame kernel libs library libraries
    java python shell script scripts admin-console ssl tls vpn ssh ftp tcp udp sudo pam program programs
    application applications app apps task tasks job jobs workflow workflows run runs step steps mismatch
    changed change changes added add removed remove deleted modified updated set unset reset get put post head
    ready running started stopped starting stopping terminated killed aborted cancelled canceled pending waiting
    timeout timed out busy idle active inactive online offline available unavailable right rights left true-up
    preauth auth authenticated authenticating authorized verify verified verification validation validate
    authenticator replication superuser createdb nologin password-less balance bank number's no. nr num seq page pages search menu tree dept post posts comment comments""".split()
)
"""Words that follow `user`, `account` or `by` in the messages of programs without being an account name."""

SURNAMES_ZH = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧"
    "计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫"
    "经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓"
    "牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙"
    "池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向"
    "古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢"
    "关蒯相查后荆红游竺权逯盖益桓公肖闫付代涂覃仝佟芦岳亓鹿尧仉佘佴牟召原佀檀"
)
"""One-character surnames: the Hundred Family Surnames (百家姓, 10th century) and newer ones that are frequent."""

SURNAMES_ZH_TWO = frozenset(
    """万俟 司马 上官 欧阳 夏侯 诸葛 闻人 东方 赫连 皇甫 尉迟 公羊 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 公孙 仲孙
    轩辕 令狐 钟离 宇文 长孙 慕容 鲜于 闾丘 司徒 司空 端木 百里 东郭 南门 呼延 左丘 西门 南宫 拓跋 第五 独孤 纳兰 完颜""".split()
)
"""Two-character surnames of the same source."""

SURNAMES_PINYIN = frozenset(
    """Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Gao Luo Zheng Liang Xie Song Tang Deng Han Feng
    Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Wei Su Lu Ding Ren Shen Yao Cui Zhong Tan Fan Jin Shi
    Liao Jia Xia Fu Fang Zou Xiong Bai Meng Qin Qiu Hou Yin Xue Yan Lei Long Tao Mao Hao Gong Shao Wan Qian Dai Mo Kong Xiang
    Chang Lai Ouyang Situ Sima Zhuge Shangguan Murong Huangfu Chan Wong Cheung Lau Ng Leung Chow Tsang Kwok Lam Yeung Hsu Tsai
    Hsieh Chiang Chou Kuo Teng Lee Ho""".split()
)
"""The same surnames, and their Cantonese and Wade-Giles forms, in Latin letters."""
