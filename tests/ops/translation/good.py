"""Good parallel text: dialogue of everyday films, written and translated by hand for these tests, and a real film's.

English is the source of all. The sentences hold what the gates look at: numbers, names, questions, two sentences in a
row, long and short ones.
"""

from __future__ import annotations

from pathlib import Path

from ops.translation.translator import Pair

__all__ = ["TARGETS", "film", "good"]

TARGETS = ("deu_Latn", "fra_Latn", "spa_Latn", "rus_Cyrl", "jpn_Jpan", "zho_Hans", "arb_Arab", "hin_Deva", "kor_Hang")

_ROWS = """
Where have you been all night?
Wo bist du die ganze Nacht gewesen?
Où étais-tu toute la nuit ?
¿Dónde has estado toda la noche?
Где ты был всю ночь?
一晩中どこにいたの？
你整晚都去哪儿了？
أين كنت طوال الليل؟
तुम सारी रात कहाँ थे?
밤새 어디에 있었어?

I told you not to come back here.
Ich habe dir gesagt, du sollst nicht hierher zurückkommen.
Je t'ai dit de ne pas revenir ici.
Te dije que no volvieras aquí.
Я же говорил тебе не возвращаться сюда.
ここには戻ってくるなと言っただろう。
我告诉过你不要再回到这里来。
قلت لك ألا تعود إلى هنا.
मैंने तुमसे कहा था कि यहाँ वापस मत आना।
여기로 다시 오지 말라고 했잖아.

Marta left the keys on the kitchen table.
Marta hat die Schlüssel auf dem Küchentisch liegen lassen.
Marta a laissé les clés sur la table de la cuisine.
Marta dejó las llaves en la mesa de la cocina.
Марта оставила ключи на кухонном столе.
マルタは台所のテーブルに鍵を置いていった。
玛尔塔把钥匙留在了厨房的桌子上。
تركت مارتا المفاتيح على طاولة المطبخ.
मार्ता ने चाबियाँ रसोई की मेज़ पर छोड़ दीं।
마르타가 부엌 식탁 위에 열쇠를 두고 갔어.

We have 25 minutes before the train leaves.
Wir haben noch 25 Minuten, bis der Zug abfährt.
Nous avons 25 minutes avant le départ du train.
Tenemos 25 minutos antes de que salga el tren.
У нас есть 25 минут до отправления поезда.
電車が出るまであと25分ある。
火车开之前我们还有25分钟。
لدينا 25 دقيقة قبل أن يغادر القطار.
ट्रेन के जाने से पहले हमारे पास 25 मिनट हैं।
기차가 떠나기 전까지 25분 남았어.

Hi, George. Roy needs to talk to you.
Hallo, George. Roy muss mit dir sprechen.
Salut, George. Roy a besoin de te parler.
Hola, George. Roy necesita hablar contigo.
Привет, Джордж. Рою нужно с тобой поговорить.
やあ、ジョージ。ロイが君と話したいそうだ。
你好，乔治。罗伊需要和你谈谈。
مرحبا يا جورج. روي يحتاج إلى التحدث معك.
नमस्ते, जॉर्ज। रॉय को तुमसे बात करनी है।
안녕, 조지. 로이가 너랑 할 얘기가 있대.

Stop! Put the gun down and turn around slowly.
Halt! Legen Sie die Waffe weg und drehen Sie sich langsam um.
Arrêtez ! Posez votre arme et retournez-vous lentement.
¡Alto! Baje el arma y dese la vuelta despacio.
Стой! Опусти пистолет и медленно повернись.
止まれ！銃を置いて、ゆっくり振り向け。
站住！把枪放下，慢慢转过身来。
توقف! ضع المسدس واستدر ببطء.
रुको! बंदूक नीचे रखो और धीरे से मुड़ो।
멈춰! 총을 내려놓고 천천히 돌아서.

Nobody has lived in that house since 1987.
In diesem Haus hat seit 1987 niemand mehr gewohnt.
Personne n'a vécu dans cette maison depuis 1987.
Nadie ha vivido en esa casa desde 1987.
В этом доме никто не живёт с 1987 года.
あの家には1987年から誰も住んでいない。
从1987年起就没有人住在那栋房子里了。
لم يسكن أحد في ذلك البيت منذ عام 1987.
उस घर में 1987 से कोई नहीं रहा है।
1987년 이후로 그 집에는 아무도 살지 않았어.

I don't know what you're talking about.
Ich weiß nicht, wovon du redest.
Je ne sais pas de quoi tu parles.
No sé de qué estás hablando.
Я не знаю, о чём ты говоришь.
何の話をしているのか分からない。
我不知道你在说什么。
لا أعرف عما تتحدث.
मुझे नहीं पता तुम किस बारे में बात कर रहे हो।
무슨 얘기를 하는지 모르겠어.

Please, sit down. Would you like some coffee?
Bitte setzen Sie sich. Möchten Sie einen Kaffee?
Asseyez-vous, je vous en prie. Voulez-vous un café ?
Siéntese, por favor. ¿Quiere un café?
Садитесь, пожалуйста. Хотите кофе?
どうぞ座って。コーヒーはいかがですか？
请坐。你想喝点咖啡吗？
تفضل بالجلوس. هل تريد بعض القهوة؟
कृपया बैठिए। क्या आप कॉफ़ी लेंगे?
앉으세요. 커피 드시겠어요?

My father worked in this factory for 30 years.
Mein Vater hat 30 Jahre lang in dieser Fabrik gearbeitet.
Mon père a travaillé dans cette usine pendant 30 ans.
Mi padre trabajó en esta fábrica durante 30 años.
Мой отец работал на этом заводе 30 лет.
父はこの工場で30年働いた。
我父亲在这家工厂工作了30年。
عمل أبي في هذا المصنع لمدة 30 عاما.
मेरे पिता ने इस कारखाने में 30 साल काम किया।
아버지는 이 공장에서 30년 동안 일하셨어.

Yes.
Ja.
Oui.
Sí.
Да.
ええ。
是的。
نعم.
हाँ।
그래.

She never told Marta about the letter.
Sie hat Marta nie von dem Brief erzählt.
Elle n'a jamais parlé de la lettre à Marta.
Nunca le habló a Marta de la carta.
Она так и не рассказала Марте о письме.
彼女はマルタに手紙のことを話さなかった。
她从没告诉过玛尔塔那封信的事。
لم تخبر مارتا أبدا عن الرسالة.
उसने मार्ता को चिट्ठी के बारे में कभी नहीं बताया।
그녀는 마르타에게 편지 얘기를 한 적이 없어.

If it rains tomorrow, we'll stay at home and play cards.
Wenn es morgen regnet, bleiben wir zu Hause und spielen Karten.
S'il pleut demain, nous resterons à la maison et jouerons aux cartes.
Si mañana llueve, nos quedaremos en casa y jugaremos a las cartas.
Если завтра пойдёт дождь, мы останемся дома и поиграем в карты.
明日雨が降ったら、家にいてトランプをしよう。
如果明天下雨，我们就待在家里打牌。
إذا أمطرت غدا، فسنبقى في البيت ونلعب الورق.
अगर कल बारिश हुई तो हम घर पर रहकर ताश खेलेंगे।
내일 비가 오면 집에 있으면서 카드놀이를 하자.

Is that the ring your mother gave you?
Ist das der Ring, den dir deine Mutter geschenkt hat?
C'est la bague que ta mère t'a donnée ?
¿Es ese el anillo que te dio tu madre?
Это то кольцо, которое подарила тебе мать?
それはお母さんがくれた指輪？
那是你母亲给你的戒指吗？
هل هذا هو الخاتم الذي أعطتك إياه أمك؟
क्या यह वही अंगूठी है जो तुम्हारी माँ ने दी थी?
그게 어머니가 주신 반지야?

The doctor says he'll be able to walk again in 6 weeks.
Der Arzt sagt, dass er in 6 Wochen wieder laufen kann.
Le médecin dit qu'il pourra remarcher dans 6 semaines.
El médico dice que podrá volver a caminar en 6 semanas.
Врач говорит, что через 6 недель он снова сможет ходить.
医者は6週間でまた歩けるようになると言っている。
医生说他6个星期后就能重新走路了。
يقول الطبيب إنه سيتمكن من المشي مجددا خلال 6 أسابيع.
डॉक्टर कहता है कि वह 6 हफ़्तों में फिर चल पाएगा।
의사 말로는 6주 뒤면 다시 걸을 수 있대.

Thank you for everything you've done for us.
Danke für alles, was Sie für uns getan haben.
Merci pour tout ce que vous avez fait pour nous.
Gracias por todo lo que ha hecho por nosotros.
Спасибо за всё, что вы для нас сделали.
私たちのためにいろいろとありがとう。
谢谢你为我们所做的一切。
شكرا على كل ما فعلته من أجلنا.
आपने हमारे लिए जो कुछ किया उसके लिए धन्यवाद।
우리를 위해 해 주신 모든 일에 감사드려요.

There's a man outside who wants to see you.
Draußen ist ein Mann, der dich sehen will.
Il y a un homme dehors qui veut te voir.
Hay un hombre fuera que quiere verte.
Там на улице мужчина, который хочет тебя видеть.
外に君に会いたいという男がいる。
外面有个男人想见你。
هناك رجل في الخارج يريد أن يراك.
बाहर एक आदमी है जो तुमसे मिलना चाहता है।
밖에 너를 보고 싶어 하는 남자가 있어.

Roy owes me 4500 dollars, and I want it back today.
Roy schuldet mir 4500 Dollar, und ich will sie heute zurück.
Roy me doit 4500 dollars, et je veux les récupérer aujourd'hui.
Roy me debe 4500 dólares y los quiero de vuelta hoy.
Рой должен мне 4500 долларов, и я хочу получить их сегодня.
ロイは私に4500ドル借りている。今日返してほしい。
罗伊欠我4500美元，我今天就要拿回来。
روي مدين لي بـ4500 دولار، وأريدها اليوم.
रॉय पर मेरे 4500 डॉलर बकाया हैं और मुझे वे आज ही चाहिए।
로이가 나한테 4500달러를 빚졌는데 오늘 돌려받고 싶어.

Don't you dare touch my brother!
Wag es ja nicht, meinen Bruder anzufassen!
Ne t'avise pas de toucher à mon frère !
¡No te atrevas a tocar a mi hermano!
Не смей трогать моего брата!
弟に触るんじゃない！
你敢碰我弟弟试试！
إياك أن تلمس أخي!
मेरे भाई को छूने की हिम्मत मत करना!
내 동생 건드리지 마!

I've waited my whole life for this moment.
Ich habe mein ganzes Leben auf diesen Augenblick gewartet.
J'ai attendu ce moment toute ma vie.
He esperado este momento toda mi vida.
Я ждал этого момента всю свою жизнь.
この瞬間を一生待っていた。
我一辈子都在等待这一刻。
انتظرت هذه اللحظة طوال حياتي.
मैंने इस पल का सारी ज़िंदगी इंतज़ार किया है।
평생 이 순간을 기다려 왔어.

Wake up, Clara. It's already 9 o'clock.
Wach auf, Clara. Es ist schon 9 Uhr.
Réveille-toi, Clara. Il est déjà 9 heures.
Despierta, Clara. Ya son las 9.
Проснись, Клара. Уже 9 часов.
起きて、クララ。もう9時だよ。
醒醒，克拉拉。已经9点了。
استيقظي يا كلارا. الساعة التاسعة بالفعل.
उठो, क्लारा। 9 बज चुके हैं।
일어나, 클라라. 벌써 9시야.

They found the car at the bottom of the lake.
Sie haben das Auto auf dem Grund des Sees gefunden.
Ils ont retrouvé la voiture au fond du lac.
Encontraron el coche en el fondo del lago.
Машину нашли на дне озера.
車は湖の底で見つかった。
他们在湖底找到了那辆车。
عثروا على السيارة في قاع البحيرة.
उन्हें गाड़ी झील की तलहटी में मिली।
호수 바닥에서 차가 발견됐어.

What did Clara say when you asked her?
Was hat Clara gesagt, als du sie gefragt hast?
Qu'est-ce que Clara a dit quand tu lui as demandé ?
¿Qué dijo Clara cuando le preguntaste?
Что сказала Клара, когда ты её спросил?
聞いたとき、クララは何て言った？
你问克拉拉的时候，她说了什么？
ماذا قالت كلارا عندما سألتها؟
जब तुमने क्लारा से पूछा तो उसने क्या कहा?
네가 물어봤을 때 클라라가 뭐라고 했어?

No, no, no! You've got it all wrong.
Nein, nein, nein! Du hast alles falsch verstanden.
Non, non, non ! Tu as tout compris de travers.
¡No, no, no! Lo has entendido todo mal.
Нет, нет, нет! Ты всё неправильно понял.
違う、違う、違う！全部誤解だ。
不，不，不！你全搞错了。
لا، لا، لا! لقد فهمت كل شيء خطأ.
नहीं, नहीं, नहीं! तुमने सब ग़लत समझा।
아니, 아니, 아니! 완전히 잘못 알고 있어.

The bridge was closed because of the storm.
Die Brücke war wegen des Sturms gesperrt.
Le pont était fermé à cause de la tempête.
El puente estaba cerrado por la tormenta.
Мост был закрыт из-за бури.
嵐のせいで橋は閉鎖された。
桥因为暴风雨被封了。
كان الجسر مغلقا بسبب العاصفة.
तूफ़ान की वजह से पुल बंद था।
폭풍 때문에 다리가 폐쇄됐어.

Can you keep a secret?
Kannst du ein Geheimnis für dich behalten?
Tu sais garder un secret ?
¿Sabes guardar un secreto?
Ты умеешь хранить секреты?
秘密を守れる？
你能保守秘密吗？
هل تستطيع أن تحفظ السر؟
क्या तुम राज़ रख सकते हो?
비밀 지킬 수 있어?

Tell Marta that I'll call her from the airport.
Sag Marta, dass ich sie vom Flughafen aus anrufe.
Dis à Marta que je l'appellerai de l'aéroport.
Dile a Marta que la llamaré desde el aeropuerto.
Скажи Марте, что я позвоню ей из аэропорта.
空港から電話するとマルタに伝えて。
告诉玛尔塔我会从机场给她打电话。
قل لمارتا إنني سأتصل بها من المطار.
मार्ता से कहना कि मैं उसे हवाई अड्डे से फ़ोन करूँगा।
마르타에게 공항에서 전화하겠다고 전해 줘.

Only 12 people survived the crash, and 3 of them are missing.
Nur 12 Menschen haben den Absturz überlebt, und 3 von ihnen werden vermisst.
Seules 12 personnes ont survécu à l'accident, et 3 d'entre elles ont disparu.
Solo 12 personas sobrevivieron al accidente, y 3 de ellas están desaparecidas.
Только 12 человек выжили в катастрофе, и 3 из них пропали без вести.
墜落で生き残ったのは12人だけで、そのうち3人は行方不明だ。
只有12人在坠机中幸存，其中3人失踪。
نجا 12 شخصا فقط من الحادث، و3 منهم مفقودون.
दुर्घटना में सिर्फ़ 12 लोग बचे और उनमें से 3 लापता हैं।
추락 사고에서 12명만 살아남았고 그중 3명은 실종됐어.

He looked at me as if he had seen a ghost.
Er sah mich an, als hätte er ein Gespenst gesehen.
Il m'a regardé comme s'il avait vu un fantôme.
Me miró como si hubiera visto un fantasma.
Он посмотрел на меня так, словно увидел привидение.
彼は幽霊でも見たかのように私を見た。
他看着我，好像见了鬼一样。
نظر إلي كأنه رأى شبحا.
उसने मुझे ऐसे देखा जैसे कोई भूत देख लिया हो।
그는 유령이라도 본 것처럼 나를 쳐다봤어.

Take the second road on the left, then go straight until you see the church.
Nehmen Sie die zweite Straße links und fahren Sie dann geradeaus, bis Sie die Kirche sehen.
Prenez la deuxième route à gauche, puis allez tout droit jusqu'à ce que vous voyiez l'église.
Tome la segunda calle a la izquierda y luego siga recto hasta que vea la iglesia.
Сверните на вторую дорогу налево, потом идите прямо, пока не увидите церковь.
二つ目の道を左に曲がって、教会が見えるまでまっすぐ行ってください。
在第二条路左转，然后一直走到看见教堂为止。
خذ الطريق الثاني إلى اليسار، ثم سر مستقيما حتى ترى الكنيسة.
बाईं ओर दूसरी सड़क पर मुड़िए, फिर सीधे चलिए जब तक गिरजाघर न दिखे।
왼쪽 두 번째 길로 가다가 교회가 보일 때까지 쭉 가세요.

Good night, Clara. Sleep well.
Gute Nacht, Clara. Schlaf gut.
Bonne nuit, Clara. Dors bien.
Buenas noches, Clara. Que duermas bien.
Спокойной ночи, Клара. Спи крепко.
おやすみ、クララ。ぐっすり眠って。
晚安，克拉拉。睡个好觉。
تصبحين على خير يا كلارا. نوما هنيئا.
शुभ रात्रि, क्लारा। अच्छे से सोना।
잘 자, 클라라. 푹 자.
"""

_GROUPS = [group.split("\n") for group in _ROWS.strip().split("\n\n")]
ENGLISH = [group[0] for group in _GROUPS]


def good(target: str) -> list[Pair]:
    """The sentences in one of `TARGETS`."""
    place = 1 + TARGETS.index(target)
    return [Pair(group[0], group[place]) for group in _GROUPS]


def film(data: Path) -> list[Pair]:
    """Sintel's dialogue in English and German, as the film's makers published it."""
    english, german = (_texts(data / "subtitles" / f"sintel_film_{tag}.vtt") for tag in ("en", "de"))
    return [Pair(ours, german[time]) for time, ours in english.items() if time in german]


def _texts(path: Path) -> dict[str, str]:
    """The cues' texts by their beginning."""
    texts = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        lines = block.strip().splitlines()
        times = [place for place, line in enumerate(lines) if "-->" in line]
        if times:
            texts[lines[times[0]].split(" ")[0]] = " ".join(lines[times[0] + 1 :])
    return {time: text for time, text in texts.items() if "[" not in text}
