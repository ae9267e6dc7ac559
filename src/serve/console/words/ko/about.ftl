# 주소와 키
about-lead = 여러분의 프로그램이 이 컴퓨터의 스토어와 통신하는 데 필요한 정보입니다.
about-program = 프로그램 정보
version = 버전
log-extent = 기록
log-holds =
    { $count ->
       *[other] { $count }건
    }
its-address = 스토어 주소
its-vendor = 호출할 공급사
no-vendor = 없음. 프로그램 주소를 --vendor로 지정하여 시작하세요.
its-clock = 이 컴퓨터보다 앞선 시계
its-keys = 키
keys-reveal = 직접 설정한 키는 이곳에 표시하지 않습니다. 명령줄에서 다음과 같이 확인하세요.
interfaces = 인터페이스
interface = 인터페이스
edition = 판
operations = 작업 수
