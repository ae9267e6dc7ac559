# 한 건의 기록
exchange-gone = 이 기록은 남아 있지 않습니다. 최신 기록만 보관하며, 프로그램을 다시 시작하면 처음부터 새로 기록합니다.
meaning-conforms = 스토어가 문제 삼을 내용이 없습니다.
meaning-noted = 스토어가 받아들이지만, 알아 둘 점이 있습니다.
meaning-breaks-answer = 스토어가 이 응답을 거부하거나 잘못 처리하게 됩니다.
meaning-breaks-call = 스토어가 이 호출을 거부하거나 잘못 처리하게 됩니다.
meaning-not-judged = 공급사에 연결하지 못했으므로 판정하지 않습니다.
address = 주소
first-byte = 첫 바이트까지 { $time }
tls = TLS
on-purpose = 고의 방해
unread-request = 해석하지 못함
not-http-why = 받은 내용이 요청으로 인정되기 전에 거부되어 스토어까지 전달되지 않았습니다. 아래는 받은 내용의 앞부분입니다.
neighbours = 앞뒤 기록
previous = 이전
next = 다음
findings-broken =
    { $count ->
       *[other] 규칙 { $count }건 위반
    }
findings-advised =
    { $count ->
       *[other] 권고 { $count }건
    }
readings = 문서 해석
readings-lead = 스토어 문서를 두 가지 이상으로 해석할 수 있는 부분입니다. 다음 해석에 해당합니다.
skipped = 판정하지 않은 규칙
skipped-lead = 이 기록만으로는 판정할 수 없는 규칙입니다.
level-must = 필수
level-should = 권고
level-advice = 조언
problem = 문제
more-of-kind = 같은 종류가 { $count }건 더 있습니다
cause = 예상 원인
remark = 비고
mend = 고치는 방법
why = 이유
in-store = 스토어 표기
source = 출처
expected = 기대한 값
actual = 받은 값
inferred = 스토어 문서에 그대로 적혀 있지는 않으며, 문서 내용에서 추론한 규칙입니다.
contradictory = 이 부분은 스토어 문서끼리 서로 어긋납니다. 확실하지 않으면 스토어에 문의하세요.
not-binding = 스토어가 강제하지 않으므로 이것만으로 실패하지는 않습니다.
request = 요청
answer = 응답
by-store = 스토어가 보냄
by-vendor = 공급사가 보냄
no-whole-answer = 온전한 응답을 받지 못했습니다.
received-so-far = 그때까지 받은 내용:
as-on-wire = 전송된 그대로의 메시지
whole-message = 메시지 전체를 텍스트로 보기
bytes-more = { $count }바이트 더 있음
read = 풀어서 보기: 매개변수, 헤더, 본문
parameters = 매개변수(디코딩)
fields = 헤더 필드
form-body = 본문(디코딩)
json-body = JSON 본문, 값마다 한 줄
unread-body = 본문이 JSON도 폼도 아닙니다. 위의 바이트를 확인하세요.
name = 이름
value = 값
again = 다시 실행하기
as-curl = 명령으로
curl-signed-once = 서명은 이곳에 표시하지 않으며 한 번의 전송에만 유효합니다. 다시 보내려면 스토어가 새로 호출하게 하세요.
as-step = 시나리오 단계로
step-where = 시나리오 파일의 워크플로에서 steps: 아래에 붙여 넣고 storeproof run으로 실행하세요.
as-await = 단계에서 기다릴 호출로
await-where = 프로그램이 스토어를 호출하게 만드는 단계에 추가하세요.
exec-where = 시나리오 파일의 워크플로에서 steps: 아래에 붙여 넣으세요. storeproof run이 프로그램을 시작하고 이 호출을 기다립니다.
