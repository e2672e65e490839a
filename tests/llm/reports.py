"""Look-alike reports in three languages, and sentences about them: those that hold and those that say something else."""

from datetime import UTC, datetime

from bot.model import Article


def _report(id: str, language: str, day: int, title: str, body: str) -> Article:
    return Article(id, title, body=body, language=language, published=datetime(2026, 11, day, 3, 0, tzinfo=UTC), outlet=id)


REPORTS = {
    report.id: report
    for report in (
        _report(
            "office", "ko", 23, "업스테이지, 도쿄에 법인 설립…일본 기업 시장 공략",
            "인공지능(AI) 스타트업 업스테이지가 23일 일본 도쿄에 현지 법인을 세웠다고 밝혔다. 직원 20명으로 시작해 내년까지 50명으로 늘릴 계획이다. "
            "회사는 지난달 시리즈 C 투자에서 620억원을 유치했으며 누적 투자금은 2000억원을 넘었다. 김성훈 대표는 \"일본 매출 비중을 3년 안에 30%로 "
            "높이겠다\"고 말했다. 첫 고객은 노무라증권과 미쓰이스미토모은행이다. 올해 상반기 매출은 작년 같은 기간의 두 배인 140억원이었다.",
        ),
        _report(
            "datacentre", "ja", 20, "政府、データセンターに最大450億円を補助 北海道苫小牧市など2カ所",
            "経済産業省は20日、ソフトバンクが北海道苫小牧市に建設するデータセンターに最大450億円を補助すると発表した。受電容量は300MWで、"
            "2027年度の稼働を目指す。投資総額は約2兆1000億円に上る。赤沢亮正経産相は閣議後会見で「計算資源の国内整備を急ぐ」と述べた。"
            "政府は令和12年度までにAIと半導体へ10兆円超を投じる方針だ。国内のデータセンターの約9割は東京圏と大阪圏に集中している。",
        ),
        _report(
            "law", "ko", 18, "AI기본법 시행령 국무회의 의결…내년 1월 22일 시행",
            "정부는 18일 국무회의에서 AI기본법 시행령을 의결했다. 법은 2027년 1월 22일 시행된다. 고영향 AI 사업자는 이용자에게 사전 고지를 해야 하며, "
            "위반하면 최대 3000만원의 과태료를 물린다. 과학기술정보통신부는 과태료 부과를 최소 1년 유예하기로 했다. 배경훈 장관은 \"규제보다 진흥에 무게를 "
            "뒀다\"고 설명했다. 업계 설문에서 기업 101곳 가운데 98%가 대응 체계를 갖추지 못했다고 답했다.",
        ),
        _report(
            "chips", "en", 19, "SK hynix to spend $3.9 billion more on HBM4 lines",
            "SK hynix will invest an additional 5.7 trillion won ($3.9 billion) in its Cheongju plant to expand HBM4 production, the company "
            "said on Thursday. Mass production is due in the second quarter of 2027, three months earlier than planned. The chipmaker held "
            "53 percent of the HBM market in the third quarter, ahead of Micron and Samsung Electronics. About 1,200 people will be hired. "
            "NVIDIA remains its largest customer.",
        ),
        _report(
            "fund", "ja", 17, "プリファードネットワークス、韓国リベリオンと提携 NPU共同開発へ",
            "AI開発のプリファードネットワークス（PFN）は17日、韓国の半導体新興リベリオンと推論用NPUの共同開発で基本合意したと発表した。"
            "両社は3年間で計120億円を投じ、2028年春に試作品を公開する。リベリオンは昨年、東京に初の海外拠点を設けた。"
            "パク・ソンヒョンCEOは「日本は最も重要な海外市場だ」と語った。試作品の消費電力は既存品の3分の1に抑える。製造はサムスン電子の4ナノ工程を使う。",
        ),
        _report(
            "power", "ko", 21, "울산 AI 데이터센터 착공…SK·AWS 7조원 투자",
            "SK그룹과 아마존웹서비스(AWS)가 21일 울산에서 AI 데이터센터를 착공했다. 투자액은 7조원으로, 2029년까지 100MW 규모로 짓는다. "
            "그래픽처리장치(GPU) 6만장이 들어간다. 최태원 회장은 착공식에서 \"장기적으로 1GW까지 키우겠다\"고 밝혔다. "
            "울산시는 일자리 7만8000개가 생길 것으로 추산했다. 전력은 SK가스의 LNG 발전소에서 공급받는다.",
        ),
        _report(
            "talent", "ja", 16, "文科省、AI人材育成に1200億円 28年度から5年間",
            "文部科学省は16日、AI分野の博士人材を育成する新事業に5年間で1200億円を充てる計画をまとめた。対象は全国の25大学で、"
            "年間3000人の受け入れを見込む。うち1割は韓国や台湾などアジアからの留学生とする。学生1人当たり年240万円を支給する。"
            "来年度予算の概算要求に盛り込む。",
        ),
        _report(
            "listing", "en", 18, "Allganize moves headquarters to Japan ahead of Tokyo listing",
            "Allganize has moved its headquarters from the United States to Tokyo and aims to list on the Tokyo Stock Exchange in the first "
            "half of 2027, chief executive Changsu Lee said. The Japanese unit brings in about 70 percent of revenue, which reached ¥4.2 "
            "billion in fiscal 2025. Its more than 200 customers include Nomura and SMBC. The company has raised $35 million so far.",
        ),
        _report(
            "preipo", "ko", 10, "리벨리온, 3조원 가치로 프리IPO…연내 상장예심 청구",
            "AI 반도체 스타트업 리벨리온이 4000억원 규모의 프리IPO 투자를 마무리했다고 10일 밝혔다. 기업가치는 "
            "약 3조4000억원으로 평가받았다. 이번 라운드에는 아람코, KDB산업은행, 국민성장펀드가 참여했다. 회사는 "
            "연내 코스닥이 아닌 유가증권시장 상장예비심사를 청구할 계획이다. 차세대 칩 리벨쿼드는 삼성전자 4나노 공정과 "
            "HBM3E를 적용해 내년 1분기 양산한다. 지난해 매출은 320억원으로 전년보다 2.5배 늘었고 영업손실은 "
            "780억원이었다. 임직원 350여 명 중 70%가 연구개발 인력이다.",
        ),
        _report(
            "ishikari", "ja", 12, "さくらインターネット、石狩で生成AI向けGPU1万基体制 国が501億円助成",
            "さくらインターネットは12日、北海道石狩市のデータセンターに米エヌビディアの最新GPU「B200」など約1万基を2027年末までに整備すると発表した。"
            "総投資額は1130億円で、経済産業省が最大501億円を助成する。電力は再生可能エネルギー100%で賄う。同社の田中邦裕社長は「国産クラウドの選択肢を示したい」と話す。"
            "4〜9月期の連結売上高は前年同期比24%増の181億円、純利益は3割減の6億円だった。株価は一時前日比8%高の3,450円まで上昇した。",
        ),
        _report(
            "agent", "en", 13, "OpenAI and Kakao to launch Korean-language agent service",
            "OpenAI and Kakao said on Friday they will launch a jointly developed "
            "AI agent inside KakaoTalk in the first quarter of next year. "
            "The messaging app has about 49 million monthly users in Korea. "
            "Under the three-year agreement, Kakao will resell ChatGPT Enterprise "
            "to Korean companies. OpenAI opened its Seoul office in September "
            "2025 and now employs more than 60 people there. Kakao shares "
            "closed 4.3 percent higher at 58,200 won. Analysts at Mirae Asset "
            "expect the service to add as much as 250 billion won to annual "
            "revenue by 2028.",
        ),
        _report(
            "summit", "ja", 9, "日韓、AI半導体で協力覚書 首脳会談で合意",
            "日韓両政府は9日、東京で開いた首脳会談で、AI半導体のサプライチェーン強化に関する協力覚書に署名した。高市早苗首相と李在明大統領が立ち会った。"
            "共同研究に両国で5年間に計500億円を拠出し、年間200人の研究者を相互に派遣する。ソウルと福岡に共同研究拠点を置く。次回会合は来年春にソウルで開く予定だ。",
        ),
        _report(
            "budget", "ko", 14, "정부, 내년 AI 예산 10.1조원…GPU 1만5000장 추가 확보",
            "기획재정부는 2027년도 인공지능 분야 예산안을 10조1000억원으로 편성했다고 14일 발표했다. 올해 본예산 "
            "3조3000억원의 세 배가 넘는다. 고성능 GPU 1만5000장을 추가로 사들여 누적 5만장을 확보한다. AI "
            "인재 1만1000명을 양성하고, 청년 창업 지원에 2조원을 쓴다. 구윤철 부총리는 \"AI 3강 도약의 골든타임\"이라고 "
            "강조했다. 예산안은 12월 2일까지 국회 의결을 거쳐야 한다.",
        ),
    )
}  # fmt: skip

# (reports, language, sentence)
TRUE = [
    # one language, other words
    ("office", "ko", "업스테이지가 일본 도쿄에 법인을 설립했다."),
    ("office", "ko", "직원은 20명에서 출발해 2027년까지 50명으로 늘어난다."),
    ("office", "ko", "이 회사는 10월 시리즈 C에서 620억원을 투자받았다."),
    ("office", "ko", "상반기 매출은 140억원으로 1년 전의 2배였다."),
    ("law", "ko", "AI기본법 시행령이 국무회의를 통과해 법은 2027년 1월 22일부터 시행된다."),
    ("law", "ko", "과태료 상한은 3천만원이며 적어도 1년간 부과하지 않는다."),
    ("power", "ko", "SK와 AWS는 울산에 100MW급 AI 데이터센터를 짓기 시작했다."),
    ("power", "ko", "총 7조 원이 투입되고 GPU 6만 장이 설치될 예정이다."),
    ("datacentre", "ja", "ソフトバンクの苫小牧市のデータセンターに、国が最大450億円を支援する。"),
    ("datacentre", "ja", "受電容量300メガワットの施設は27年度に動き出す見通しだ。"),
    ("datacentre", "ja", "政府は2030年度までにAI・半導体に10兆円以上を投じる。"),
    ("fund", "ja", "プリファードネットワークスとリベリオンが推論向けNPUを共同で開発する。"),
    ("fund", "ja", "投資額は3年で120億円、試作品は28年春にお披露目となる。"),
    ("talent", "ja", "文科省は25大学を対象に、5年で1200億円を投じて博士人材を育てる。"),
    ("chips", "en", "SK hynix is adding 5.7 trillion won to expand HBM4 output in Cheongju."),
    ("chips", "en", "Volume production will begin in Q2 2027, three months ahead of schedule."),
    ("listing", "en", "Allganize plans a Tokyo listing in the first half of 2027 after relocating its head office to Japan."),
    ("listing", "en", "Around 70% of its revenue comes from the Japanese subsidiary."),
    # Korean report, English sentence
    ("office", "en", "Upstage has set up a subsidiary in Tokyo to sell to Japanese companies."),
    ("office", "en", "It starts with 20 employees and plans to have 50 by next year."),
    ("office", "en", "The startup raised 62 billion won in its Series C round last month."),
    ("office", "en", "Its first customers are Nomura Securities and Sumitomo Mitsui Banking Corporation."),
    ("office", "en", "CEO Kim Sung-hoon wants 30% of sales to come from Japan within three years."),
    ("office", "en", "First-half revenue doubled to ₩14 billion."),
    ("law", "en", "South Korea's Cabinet approved the enforcement decree of the AI Basic Act on 18 November."),
    ("law", "en", "The law takes effect on January 22, 2027, with fines of up to 30 million won."),
    ("law", "en", "The Ministry of Science and ICT will not impose fines for at least one year."),
    ("law", "en", "In a survey of 101 companies, 98 percent said they were not prepared."),
    ("power", "en", "SK Group and Amazon Web Services broke ground on an AI data center in Ulsan."),
    ("power", "en", "The 7 trillion won site will have 100 megawatts of capacity by 2029 and house 60,000 GPUs."),
    ("power", "en", "Chairman Chey Tae-won said it could grow to 1 GW."),
    ("power", "en", "Ulsan expects 78,000 jobs, and SK Gas will supply electricity from an LNG plant."),
    # Japanese report, English sentence
    ("datacentre", "en", "Japan's industry ministry will subsidise SoftBank's data centre in Tomakomai with up to ¥45 billion."),
    ("datacentre", "en", "The 300 MW facility is due to start operating in fiscal 2027."),
    ("datacentre", "en", "Total investment is put at about 2.1 trillion yen."),
    ("datacentre", "en", "Tokyo intends to spend more than ¥10 trillion on AI and semiconductors by fiscal 2030."),
    ("datacentre", "en", "About 90% of Japan's data centres are in the Tokyo and Osaka areas."),
    ("fund", "en", "Preferred Networks and South Korea's Rebellions will jointly develop an NPU for inference."),
    ("fund", "en", "The two companies will invest 12 billion yen over three years."),
    ("fund", "en", "A prototype is expected in spring 2028 and will be made with Samsung Electronics' 4 nm process."),
    ("fund", "en", "Rebellions opened its first overseas base in Tokyo last year."),
    ("fund", "en", "CEO Park Sung-hyun called Japan the most important overseas market."),
    ("talent", "en", "Japan's education ministry plans ¥120 billion over five years to train AI researchers at 25 universities."),
    ("talent", "en", "One in ten of the 3,000 annual places is for students from Asia, such as South Korea and Taiwan."),
    ("talent", "en", "Each student will receive 2.4 million yen a year."),
    # Korean report, Japanese sentence
    ("office", "ja", "韓国のAIスタートアップ、アップステージが東京に法人を設立した。"),
    ("office", "ja", "社員20人で始め、来年までに50人に増やす。"),
    ("office", "ja", "先月のシリーズCで620億ウォンを調達し、累計では2000億ウォンを超えた。"),
    ("office", "ja", "最初の顧客は野村証券と三井住友銀行である。"),
    ("law", "ja", "韓国政府は18日の国務会議でAI基本法の施行令を議決した。"),
    ("law", "ja", "同法は令和9年1月22日に施行され、違反には最大3000万ウォンの過料が科される。"),
    ("law", "ja", "企業101社への調査では98%が対応できていないと答えた。"),
    ("power", "ja", "SKグループとAWSは蔚山でAIデータセンターを着工し、7兆ウォンを投じる。"),
    ("power", "ja", "29年までに100MWを整備し、GPU6万枚を置く。"),
    ("power", "ja", "蔚山市は7万8000人分の雇用を見込む。"),
    # Japanese report, Korean sentence
    ("datacentre", "ko", "일본 경제산업성은 소프트뱅크의 도마코마이 데이터센터에 최대 450억엔을 지원한다."),
    ("datacentre", "ko", "수전 용량은 30만kW이며 2027년도 가동이 목표다."),
    ("datacentre", "ko", "일본 데이터센터의 약 90%가 도쿄권과 오사카권에 몰려 있다."),
    ("datacentre", "ko", "정부는 2030년도까지 AI와 반도체에 10조엔 넘게 투자할 방침이다."),
    ("fund", "ko", "프리퍼드네트웍스와 리벨리온이 추론용 NPU를 공동 개발한다."),
    ("fund", "ko", "두 회사는 3년 동안 120억엔을 투자하고 2028년 봄에 시제품을 공개한다."),
    ("fund", "ko", "시제품은 삼성전자 4나노 공정으로 만들며 전력 소비를 3분의 1로 줄인다."),
    ("talent", "ko", "문부과학성은 5년간 1200억엔을 들여 25개 대학에서 AI 박사 인력을 키운다."),
    ("talent", "ko", "연간 3000명 가운데 10%는 한국과 대만 등 아시아 유학생이다."),
    # English report, Korean and Japanese sentences
    ("chips", "ko", "SK하이닉스가 청주 공장에 5조7000억원을 추가로 투자해 HBM4 생산을 늘린다."),
    ("chips", "ko", "양산은 예정보다 3개월 이른 2027년 2분기에 시작한다."),
    ("chips", "ko", "3분기 HBM 시장 점유율은 53%로 마이크론과 삼성전자를 앞섰다."),
    ("chips", "ja", "SKハイニックスは清州工場に5兆7000億ウォン（39億ドル）を追加投資する。"),
    ("chips", "ja", "約1200人を採用し、最大の顧客はエヌビディアだ。"),
    ("chips", "ja", "量産は27年4〜6月期の予定で、計画より3カ月早い。"),
    ("listing", "ko", "올거나이즈는 본사를 미국에서 도쿄로 옮기고 2027년 상반기 도쿄증권거래소 상장을 추진한다."),
    ("listing", "ko", "일본 법인이 매출의 약 70%를 낸다."),
    ("listing", "ja", "オルガナイズは本社を米国から東京に移し、27年上半期の上場を目指す。"),
    ("listing", "ja", "売上高の約7割を日本法人が占め、25年度は42億円だった。"),
    ("listing", "ja", "顧客は野村やSMBCなど200社を超え、これまでに3500万ドルを調達した。"),
    # several reports
    ("office listing", "en", "Upstage and Allganize both name Nomura as a customer in Japan."),
    ("office fund", "en", "Two Korean AI companies, Upstage and Rebellions, now have bases in Tokyo."),
    ("datacentre power", "ja", "苫小牧市では300MW、蔚山では100MWのデータセンターが計画されている。"),
    ("chips fund", "ko", "SK하이닉스는 HBM4를, 리벨리온은 NPU를 늘린다."),
    # a second set, written before any of its sentences was tried
    ("preipo", "en", "Rebellions closed a pre-IPO round of 400 billion won at a valuation of about 3.4 trillion won."),
    ("preipo", "en", "Aramco, Korea Development Bank and the National Growth Fund took part in the round."),
    ("preipo", "en", "The company plans to file for a preliminary listing review on the KOSPI market by the end of the year."),
    (
        "preipo",
        "en",
        "Its next chip, the Rebel Quad, uses Samsung Electronics' 4-nanometer process and HBM3E and enters mass production in Q1 2027.",
    ),
    ("preipo", "en", "Revenue rose 2.5-fold to 32 billion won last year, while the operating loss was 78 billion won."),
    ("preipo", "en", "About 70% of its roughly 350 employees work in R&D."),
    ("preipo", "ja", "リベリオンは4000億ウォンのプレIPOを完了し、企業価値は約3兆4000億ウォンと評価された。"),
    ("preipo", "ja", "アラムコや韓国産業銀行などが出資した。"),
    ("preipo", "ja", "次世代チップは来年1〜3月期に量産を始める。"),
    ("preipo", "ja", "昨年の売上高は320億ウォンで前の年の2.5倍だった。"),
    ("preipo", "ko", "리벨리온은 올해 안에 유가증권시장 상장 예비심사를 청구한다."),
    (
        "ishikari",
        "en",
        "Sakura Internet will install about 10,000 GPUs, including NVIDIA's B200, at its data center in Ishikari, Hokkaido, by the end of 2027.",
    ),
    ("ishikari", "en", "The total investment is ¥113 billion, of which METI will subsidize up to ¥50.1 billion."),
    ("ishikari", "en", "All of the electricity will come from renewable sources."),
    ("ishikari", "en", "Sales for April-September rose 24% to ¥18.1 billion, while net profit fell 30% to ¥600 million."),
    ("ishikari", "en", "Sakura Internet President Kunihiro Tanaka said he wants to offer a domestic cloud option."),
    ("ishikari", "ko", "사쿠라인터넷이 홋카이도 이시카리 데이터센터에 엔비디아 GPU 약 1만 기를 2027년 말까지 갖춘다."),
    ("ishikari", "ko", "총 투자액 1130억엔 가운데 경제산업성이 최대 501억엔을 보조한다."),
    ("ishikari", "ko", "상반기(4~9월) 매출은 24% 늘어난 181억엔, 순이익은 30% 줄어든 6억엔이었다."),
    ("ishikari", "ja", "さくらインターネットは27年末までにGPUを約1万基に増やす。"),
    ("agent", "ko", "오픈AI와 카카오가 공동 개발한 AI 에이전트를 내년 1분기 카카오톡에서 선보인다."),
    ("agent", "ko", "카카오톡의 월간 이용자는 약 4900만명이다."),
    ("agent", "ko", "카카오는 3년간 챗GPT 엔터프라이즈를 국내 기업에 재판매한다."),
    ("agent", "ko", "미래에셋은 2028년까지 연매출이 최대 2500억원 늘 것으로 본다."),
    ("agent", "ja", "OpenAIとカカオは来年1〜3月期にAIエージェントをカカオトークで始める。"),
    ("agent", "ja", "カカオの株価は4.3%高の5万8200ウォンで引けた。"),
    ("agent", "ja", "OpenAIは2025年9月にソウル拠点を開き、60人超を雇用している。"),
    ("agent", "en", "Kakao and OpenAI plan to launch an AI agent in KakaoTalk in Q1 2027."),
    ("agent", "en", "Kakao will resell ChatGPT Enterprise for three years."),
    ("summit", "en", "Japan and South Korea signed a memorandum on AI chip supply chains at a summit in Tokyo on November 9."),
    ("summit", "en", "Prime Minister Sanae Takaichi and President Lee Jae-myung attended the signing."),
    ("summit", "en", "The two governments will put up ¥50 billion over five years and exchange 200 researchers a year."),
    ("summit", "en", "Joint research centers will be set up in Seoul and Fukuoka."),
    ("summit", "en", "The next meeting is planned for Seoul next spring."),
    ("summit", "ko", "한일 정부가 도쿄 정상회담에서 AI 반도체 공급망 협력 양해각서에 서명했다."),
    ("summit", "ko", "양국은 5년간 500억엔을 내고 매년 연구자 200명을 교환한다."),
    ("summit", "ko", "다카이치 총리와 이재명 대통령이 참석했다."),
    (
        "budget",
        "en",
        "South Korea's finance ministry set its 2027 AI budget at 10.1 trillion won, more than triple this year's 3.3 trillion won.",
    ),
    ("budget", "en", "It will buy another 15,000 GPUs, bringing the total to 50,000."),
    ("budget", "en", "The budget must pass the National Assembly by December 2."),
    (
        "budget",
        "en",
        "Deputy Prime Minister Koo Yun-cheol called it a golden time for Korea to become one of the top three AI powers.",
    ),
    ("budget", "ja", "企画財政部は27年度のAI予算を10兆1000億ウォンとし、今年の3倍超に増やす。"),
    ("budget", "ja", "GPUを1万5000枚買い足し、累計5万枚を確保する。"),
    ("budget", "ja", "AI人材1万1000人を育成し、若者の起業支援に2兆ウォンを充てる。"),
    ("budget", "ko", "내년 AI 예산은 10조1000억원으로 올해의 3배를 넘는다."),
]

WRONG = [
    # amounts and currencies
    ("office", "en", "The startup raised 62 billion yen in its Series C round last month."),
    ("office", "en", "The startup raised 6.2 billion won in its Series C round."),
    ("office", "ko", "회사는 지난달 시리즈 C에서 630억원을 유치했다."),
    ("office", "ja", "先月のシリーズCで620億円を調達した。"),
    ("datacentre", "en", "SoftBank will receive up to $45 billion for its data centre."),
    ("datacentre", "en", "Total investment is put at about 1.2 trillion yen."),
    ("datacentre", "ko", "일본 정부는 데이터센터에 최대 450억원을 지원한다."),
    ("datacentre", "ja", "経産省は最大540億円を補助する。"),
    ("law", "en", "Fines reach up to 300 million won."),
    ("law", "ja", "違反には最大3000万円の過料が科される。"),
    ("power", "en", "SK Group and AWS will spend 17 trillion won in Ulsan."),
    ("power", "ja", "7兆円を投じてデータセンターを建設する。"),
    ("talent", "en", "Japan's education ministry plans ¥12 billion over five years."),
    ("chips", "ko", "SK하이닉스는 청주 공장에 57조원을 추가로 투자한다."),
    ("chips", "ja", "SKハイニックスは5兆7000億円を追加投資する。"),
    ("listing", "ja", "25年度の売上高は42億ドルだった。"),
    ("fund", "ko", "두 회사는 3년 동안 120억원을 투자한다."),
    # numbers, shares, units
    ("office", "en", "It starts with 30 employees in Tokyo."),
    ("office", "en", "CEO Kim Sung-hoon wants half of sales to come from Japan."),
    ("office", "ko", "상반기 매출은 작년의 세 배였다."),
    ("office", "ja", "日本の売上高比率を3割から5割に高める。"),
    ("datacentre", "en", "The 450 MW facility is due to start operating in fiscal 2027."),
    ("datacentre", "ko", "수전 용량은 300GW다."),
    ("datacentre", "ko", "데이터센터의 약 80%가 도쿄권과 오사카권에 몰려 있다."),
    ("power", "en", "The site will house 6,000 GPUs."),
    ("power", "en", "Chairman Chey Tae-won said it could grow to 7 GW."),
    ("power", "ja", "29年までに2000MWを整備する。"),
    ("law", "en", "In a survey, 101 percent of 98 companies were not prepared."),
    ("law", "ja", "企業98社の101%が対応できていない。"),
    ("talent", "ko", "연간 5000명의 유학생을 받는다."),
    ("talent", "en", "It covers 35 universities."),
    ("chips", "en", "The chipmaker held 35 percent of the HBM market in the third quarter."),
    ("chips", "ko", "3분기 HBM 시장 점유율은 63%였다."),
    ("chips", "ja", "約120人を採用する。"),
    ("fund", "en", "The prototype uses a 2 nm process."),
    ("fund", "ko", "시제품은 2나노 공정으로 만든다."),
    ("listing", "en", "The Japanese unit brings in about 17 percent of revenue."),
    ("listing", "ko", "고객은 700곳이 넘는다."),
    # years, days, periods
    ("law", "en", "The law takes effect on January 22, 2028."),
    ("law", "en", "The law takes effect on 18 January 2027."),
    ("law", "ko", "법은 2027년 3월 22일 시행된다."),
    ("law", "ja", "同法は令和10年1月22日に施行される。"),
    ("datacentre", "en", "The government will spend more than ¥10 trillion by fiscal 2032."),
    ("datacentre", "ko", "2028년도 가동이 목표다."),
    ("power", "en", "The site is to be finished by 2030."),
    ("chips", "en", "Mass production is due in the fourth quarter of 2027."),
    ("chips", "ja", "量産は28年4〜6月期の予定だ。"),
    ("listing", "en", "Allganize aims to list in the second half of 2027."),
    ("fund", "ko", "2027년 봄에 시제품을 공개한다."),
    ("fund", "en", "A prototype is expected in spring 2030."),
    ("office", "ko", "업스테이지는 15일 도쿄에 법인을 세웠다."),
    # actors and places
    ("office", "en", "Rebellions has set up a subsidiary in Tokyo."),
    ("office", "en", "Upstage has set up a subsidiary in Osaka."),
    ("office", "en", "Its first customers are Nomura Securities and Mizuho."),
    ("office", "en", "CEO Lee Min-ho wants more sales to come from Japan."),
    ("office", "ja", "最初の顧客は野村証券とトヨタ自動車である。"),
    ("office", "ko", "네이버가 일본 도쿄에 법인을 세웠다."),
    ("office", "ko", "박성현 대표는 일본 매출 비중을 30%로 높이겠다고 말했다."),
    ("datacentre", "en", "The ministry will subsidise NTT's data centre in Tomakomai."),
    ("datacentre", "en", "The ministry will subsidise SoftBank's data centre in Kumamoto."),
    ("datacentre", "ko", "일본 경제산업성은 라피더스를 지원한다."),
    ("datacentre", "en", "SoftBank builds the data centre together with Databricks."),
    ("datacentre", "ja", "高市早苗首相は計算資源の整備を急ぐと述べた。"),
    ("power", "en", "SK Group and Microsoft broke ground on an AI data center in Ulsan."),
    ("power", "en", "SK Group and AWS broke ground on an AI data center in Busan."),
    ("power", "ja", "LGグループとAWSは蔚山でAIデータセンターを着工した。"),
    ("power", "ko", "정의선 회장은 1GW까지 키우겠다고 밝혔다."),
    ("fund", "en", "Preferred Networks and FuriosaAI will jointly develop an NPU."),
    ("fund", "ko", "시제품은 TSMC가 만든다."),
    ("fund", "ja", "プリファードネットワークスはサカナAIと提携した。"),
    ("chips", "ko", "SK하이닉스는 이천 공장에 투자한다."),
    ("chips", "en", "Samsung Electronics and Kioxia fell behind SK hynix."),
    ("chips", "ja", "最大の顧客はグーグルだ。"),
    ("talent", "en", "Students come from Vietnam."),
    ("listing", "ko", "올거나이즈는 나스닥 상장을 추진한다."),
    ("listing", "en", "Its customers include Nomura and Rakuten."),
    ("law", "en", "The Chinese government approved the decree."),
    ("law", "ko", "공정거래위원회는 과태료 부과를 유예하기로 했다."),
    ("preipo", "en", "Rebellions closed a pre-IPO round of 400 million won."),
    ("preipo", "en", "SoftBank took part in the round."),
    ("preipo", "en", "Intel and Aramco took part in the round."),
    ("preipo", "en", "The chip enters mass production in the third quarter of next year."),
    ("preipo", "ja", "リベリオンは4000億円のプレIPOを完了した。"),
    ("preipo", "ko", "리벨리온의 기업가치는 4조3000억원이다."),
    ("preipo", "ko", "퓨리오사AI가 프리IPO를 마무리했다."),
    ("ishikari", "en", "Sakura Internet will install about 100,000 GPUs in Ishikari."),
    ("ishikari", "en", "METI will subsidize up to $50.1 billion."),
    ("ishikari", "en", "Sales rose 42% to ¥18.1 billion."),
    ("ishikari", "ko", "총 투자액은 1130억원이다."),
    ("ishikari", "ko", "사쿠라인터넷이 AMD GPU를 도입한다."),
    ("ishikari", "ja", "2028年末までに整備する。"),
    ("agent", "ko", "오픈AI와 네이버가 AI 에이전트를 선보인다."),
    ("agent", "ko", "카카오톡의 월간 이용자는 약 490만명이다."),
    ("agent", "ja", "OpenAIは2024年9月にソウル拠点を開いた。"),
    ("agent", "en", "Anthropic and Kakao will launch an agent."),
    ("agent", "en", "Kakao shares closed 3.4 percent higher."),
    ("summit", "en", "Joint research centers will be set up in Seoul and Nagoya."),
    ("summit", "en", "The two governments will put up 50 billion won over five years."),
    ("summit", "en", "Japan and China signed a memorandum."),
    ("summit", "ko", "양국은 3년간 500억엔을 낸다."),
    ("budget", "en", "The budget must pass by December 12."),
    ("budget", "en", "It will buy another 50,000 GPUs for 15,000 people."),
    ("budget", "ja", "企画財政部は27年度のAI予算を10兆1000億円とした。"),
    ("budget", "ko", "내년 AI 예산은 11조1000억원이다."),
]
