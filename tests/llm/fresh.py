"""Sentences as a model might write them about real articles, by the article's id: all true. They were written before the verifier saw
them and are no part of what it was tuned on; the texts themselves stay outside the repository."""

FRESH = {
    "20e46a05c3bf": {
        "ko": ["엔씨소프트가 자체 개발한 AI 언어모델 바르코를 공개했다.", "바르코는 16일 공개됐으며 국내 게임사가 직접 만든 첫 언어모델이다.",
               "바르코 LLM은 기초·인스트럭션·대화형·생성형 모델로 나뉜다."],
        "en": ["NCSoft unveiled its own AI language model, VARCO, on August 16.", "It is the first language model developed by a Korean game company."],
        "ja": ["エヌシーソフトは独自開発のAI言語モデル「VARCO」を公開した。", "韓国のゲーム会社が自社で開発した言語モデルは初めてだ。"],
    },
    "9193749d7d99": {
        "ko": ["의료 AI 기업 퍼슬리가 서울 AI 허브에 들어갔다.", "퍼슬리는 양재 AI 특구의 규제 특례를 활용해 기술을 고도화할 방침이다."],
        "en": ["Persly, a medical AI company, has moved into the Seoul AI Hub.", "Persly plans to use the hub's R&D support to improve its technology."],
        "ja": ["医療AI企業のパースリー（Persly）がソウルAIハブに入居した。"],
    },
    "90bb7d97f251": {
        "ko": ["아크리얼이 프리시리즈A에서 80억원을 투자받았다.", "누적 투자금은 141억원이 됐다.", "구강 스캐너 아크스캔은 미국 FDA와 유럽 CE MDR 인허가를 받았다."],
        "en": ["AI healthcare company Arkreal raised 8 billion won in a pre-Series A round.", "Total funding now stands at 14.1 billion won.",
               "DSC Investment and SDB Investment took part in the round.", "Its intraoral scanner has been cleared by the FDA in the United States."],
        "ja": ["AIヘルスケア企業のアークリアルが80億ウォンの投資を受けた。", "累計の調達額は141億ウォンになった。"],
    },
    "ffc56a657705": {
        "ko": ["SDT와 모빌린트가 양자 기술과 AI 제어 기술의 공동 연구를 위해 업무협약을 맺었다.", "협약은 자율주행 시스템의 신뢰성을 높이는 것이 목적이다."],
        "en": ["Quantum technology company SDT signed an MOU with AI chip company Mobilint.", "The two will work on QRNG- and QKD-based security."],
        "ja": ["量子技術企業SDTはAI半導体企業モビリントと業務協約を結んだ。"],
    },
    "1c842944ba4f": {
        "ko": ["삼성전자가 ASML 지분 일부를 팔아 3조원을 마련했다.", "ASML 지분율은 1.6%에서 0.7%로 낮아졌다.", "보유 주식은 2분기 말 275만72주로 줄었다.",
               "남은 지분의 가치는 2분기 말 2조6010억원이다."],
        "en": ["Samsung Electronics sold part of its ASML stake for about 3 trillion won.", "Its stake fell from 1.6% to 0.7% by the end of the second quarter.",
               "The remaining shares were worth 2.6 trillion won."],
        "ja": ["サムスン電子は保有するASML株の一部を売却し、3兆ウォンを現金化した。", "持ち株比率は1.6%から0.7%に下がった。"],
    },
    "ab2d69858377": {
        "ja": ["ソフトバンクはシャープ堺工場の土地と建物を約1000億円で買い取る契約を結んだ。", "約150MWのAIデータセンターを設け、2026年中に動かす計画だ。",
               "将来は受電容量を250メガワット超に広げる。", "取得するのは約45万平方メートルの土地などだ。"],
        "ko": ["소프트뱅크가 샤프 사카이 공장 부지와 건물을 약 1000억엔에 인수한다.", "150MW 규모 AI 데이터센터를 2026년 안에 가동하는 것이 목표다.",
               "매매계약은 3월 14일 발표됐다."],
        "en": ["SoftBank will buy land and buildings of Sharp's Sakai plant for about 100 billion yen.",
               "It will build an AI data center with about 150 MW of power capacity and aims to start it during 2026.",
               "SoftBank expects to expand the site to more than 250 megawatts.", "The site in Osaka Prefecture covers about 450,000 square meters."],
    },
    "0252d58ccda9": {
        "ja": ["日本政府はAIソフト企業の法人税を2032年まで最大30%減らす。", "リベリオンは初の海外法人を日本に置いた。", "オルガナイズは本社を米国から日本へ移し、上場を準備している。"],
        "ko": ["일본은 AI 소프트웨어 기업의 법인세를 2032년까지 최대 30% 깎아준다.", "데이터센터를 지으면 최대 450억엔의 보조금을 준다.",
               "올거나이즈는 본사를 미국에서 일본으로 옮기고 상장을 준비 중이다.", "리벨리온은 첫 해외 법인을 일본에 세웠다."],
        "en": ["Japan offers AI software developers corporate tax cuts of up to 30% until 2032.", "Data center builders can get subsidies of up to ¥45 billion.",
               "Rebellions recently set up its first overseas entity in Japan.", "Allganize moved its headquarters from the US to Japan and is preparing to go public."],
    },
    "119d5a9ba06b": {
        "ja": ["韓国のAI基本法が22日に施行された。", "AIを包括的に規制する法令は世界初だ。", "影響の大きいAIには人間による監視が義務づけられる。"],
        "ko": ["한국에서 AI기본법이 22일 시행됐다.", "생성형 AI를 쓴 제품은 이용자에게 미리 알려야 한다.", "AI를 포괄적으로 규제하는 법은 세계에서 처음이다."],
        "en": ["South Korea's AI Basic Act took effect on January 22, 2026.", "Companies must ensure human oversight of high-impact AI in fields such as health care and nuclear safety.",
               "It is the world's first comprehensive law regulating AI.", "Output that is hard to tell from reality must be clearly labeled."],
    },
    "885d8d0162b4": {
        "ja": ["オープンAIは4月15日、日本法人の設立と東京拠点の開設を発表した。", "年内に10人を超える体制を目指す。", "東京はアジアで初めての拠点となる。"],
        "ko": ["오픈AI가 도쿄에 아시아 첫 거점을 열었다.", "일본 법인은 올해 안에 10명 이상으로 늘릴 계획이다.", "도쿄는 샌프란시스코, 런던, 더블린에 이어 네 번째 도시다."],
        "en": ["OpenAI announced on April 15 that it had set up OpenAI Japan with an office in Tokyo.", "Tokyo is its fourth city worldwide after San Francisco, London and Dublin.",
               "OpenAI wants more than 10 people there by the end of the year."],
    },
    "a4e1c04fc939": {
        "en": ["South Korea's Ministry of Science and ICT will earmark $642.5 million for AI chips.", "The government wants a share of the global demand for next-generation AI chips."],
        "ko": ["과학기술정보통신부가 AI 반도체에 6억4250만달러를 배정한다.", "한국 정부는 차세대 AI 칩 수요를 노린다."],
        "ja": ["韓国の科学技術情報通信省はAI半導体に6億4250万ドルを充てる。"],
    },
    "b72667f8d733": {
        "en": ["The partnership targets 900,000 DRAM wafer starts per month.", "The AI company also signed an MOU with the Ministry of Science and ICT on data centers outside Seoul."],
        "ko": ["협력은 월 90만장의 D램 웨이퍼 투입을 목표로 한다.", "과기정통부와는 수도권 밖 AI 데이터센터를 위한 업무협약을 맺었다."],
        "ja": ["月90万枚のDRAMウエハー投入を目標とする。"],
    },
    "6f5941dcc0cc": {
        "en": ["OpenAI set up its Korean subsidiary last week, its third office in Asia.", "It is the company's 12th office worldwide."],
        "ko": ["오픈AI가 한국 법인을 출범시켰다.", "아시아에서 세 번째, 세계에서 12번째 사무소다."],
        "ja": ["オープンAIが韓国法人を設けた。", "アジアで3番目、世界で12番目の拠点となる。"],
    },
    "6062c1313c40": {
        "en": ["Japan's upper house passed a bill to promote AI research and use on Wednesday.", "The Liberal Democratic Party and Komeito voted for the bill."],
        "ko": ["일본 참의원이 AI 연구개발과 활용을 촉진하는 법안을 가결했다.", "자민당과 공명당 등이 찬성했다."],
        "ja": ["AIの研究開発と活用を促す法案が参院本会議で可決された。", "自民党や公明党、立憲民主党などが賛成した。"],
    },
    "8539e0141629": {
        "en": ["The science ministry picked LG AI Research, SK Telecom and Upstage as finalists on January 15.", "South Korea is tightening what counts as sovereign AI."],
        "ko": ["과기정통부가 LG AI연구원, SK텔레콤, 업스테이지를 1차 통과 팀으로 뽑았다.", "한국이 소버린 AI의 정의를 강화했다."],
        "ja": ["科学技術情報通信省はLG AI研究院、SKテレコム、アップステージを選んだ。"],
    },
    "70561e9660fc": {
        "en": ["Nvidia will work with the South Korean government, Samsung Electronics, SK hynix and Hyundai Motor on AI infrastructure."],
        "ko": ["엔비디아가 한국 정부와 삼성전자, SK하이닉스, 현대차와 손잡고 AI 인프라를 키운다."],
        "ja": ["エヌビディアは韓国政府やサムスン電子、SKハイニックス、現代自動車と組んでAIインフラを広げる。"],
    },
    "de2eac8e2752": {
        "en": ["OpenAI's Korean subsidiary, launched on Wednesday, is its third office in Asia and 12th globally.", "Chief Strategy Officer Jason Kwon spoke at a briefing in Seoul."],
        "ko": ["오픈AI가 수요일 한국 법인을 출범했다.", "제이슨 권 최고전략책임자가 서울에서 간담회를 열었다."],
        "ja": ["オープンAIは水曜日に韓国法人を発足させた。", "ジェイソン・クォン最高戦略責任者がソウルで会見した。"],
    },
}  # fmt: skip
