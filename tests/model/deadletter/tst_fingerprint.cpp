// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/dialectregistry.h"
#include "model/deadletter/fingerprinter.h"

#include <QTest>

#include <random>

using namespace spillway;
using namespace spillway::test;
using namespace Qt::Literals::StringLiterals;

namespace {

/// Fingerprints as the intake makes them: headers read by their dialect first.
class Reader
{
public:
    explicit Reader(GroupingRules rules = {})
        : m_registry(std::move(*DialectRegistry::bundled()))
        , m_fingerprinter(*GroupingKnowledge::bundled(std::move(rules)))
    {
    }
    Fingerprint operator()(const Headers& headers, FingerprintSources* sources = nullptr)
    {
        const RawRecord record = letter(headers);
        return m_fingerprinter.of(record, m_registry.read(record), owner, sources);
    }
    LetterOwner owner{u"billing"_s, u"order.created"_s, u"payment-team"_s};

private:
    DialectRegistry m_registry;
    Fingerprinter m_fingerprinter;
};

Headers changed(Headers headers, const QByteArray& from, const QByteArray& to)
{
    bool isThere = false;
    for (Header& header : headers) {
        if (header.value && header.value->contains(from)) {
            header.value->replace(from, to);
            isThere = true;
        }
    }
    Q_ASSERT(isThere);
    return isThere ? headers : Headers();
}

Headers spring(const Failure& failure = {})
{
    return joined({springOriginals({}), springException(failure)});
}

Headers retried(const Failure& failure = {})
{
    return joined({springOriginals({}, "kafka_original-"), retryException(failure), retryTriple(2)});
}

} // namespace

class TstFingerprint final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void titles_data();
    void titles();
    void anIdIsTheSameForEver();
    void sameFailure_data();
    void sameFailure();
    void otherFailure_data();
    void otherFailure();
    void frames_data();
    void frames();
    void whereThePartsCameFrom();
    void theFrameOfTheApplicationAroundTheCause();
    void rules_data();
    void rules();
    void bytesOfNoMeaningHaveAFingerprint();
};

void TstFingerprint::titles_data()
{
    QTest::addColumn<FingerprintParts>("parts");
    QTest::addColumn<QString>("title");
    const auto row = [](const char* name, const FingerprintParts& parts, const QString& title) {
        QTest::newRow(name) << parts << title;
    };
    row("class and message",
        {.rootCause = u"com.acme.StockException"_s,
         .frame = u"com.acme.Stock.take"_s,
         .message = u"no stock for sku <n>"_s},
        u"StockException: no stock for sku <n>"_s);
    row("without message the frame",
        {.rootCause = u"java.lang.NullPointerException"_s, .frame = u"com.acme.Stock.take"_s},
        u"NullPointerException in Stock.take"_s);
    row("an inner class, and the route", {.rootCause = u"com.acme.Stock$Missing"_s, .eventType = u"order.created"_s},
        u"Missing on order.created"_s);
    row("an anonymous class", {.rootCause = u"com.acme.Stock$1"_s}, u"Stock$1"_s);
    row("nothing known", {}, u"Error not told"_s);
    row("only the consumer known", {.consumer = u"payment-service"_s}, u"Error not told in payment-service"_s);
    row("named by a rule", {.fixed = u"gateway"_s, .rootCause = u"com.acme.X"_s}, u"gateway"_s);
    row("a message without class", {.message = u"boom"_s}, u"Error not told: boom"_s);
}

void TstFingerprint::titles()
{
    QFETCH(FingerprintParts, parts);
    QFETCH(QString, title);
    QCOMPARE(groupTitle(parts), title);
    FingerprintParts other = parts;
    other.consumer = u"another"_s;
    QCOMPARE(groupId(parts) == groupId(other), parts.fixed.has_value());
    other = parts;
    std::swap(other.eventType, other.consumer);
    if (other != parts && !parts.fixed)
        QVERIFY2(groupId(parts) != groupId(other), "a part's place counts");
}

void TstFingerprint::anIdIsTheSameForEver()
{
    // Stored, written into plans and shared between people: a change of these values loses their groups. A new way to
    // make fingerprints is a new version.
    QCOMPARE(fingerprintVersion, 6); // ids are made as in version 4: groups that read the same keep theirs
    QCOMPARE(groupId({.rootCause = u"com.acme.StockException"_s,
                      .frame = u"com.acme.Stock.take"_s,
                      .message = u"no stock for sku <n>"_s,
                      .eventType = u"order.created"_s}),
             u"ga8e53cdf809c"_s);
    QCOMPARE(groupId({.fixed = u"gateway"_s}), u"g37f447be68d6"_s);
    QVERIFY(groupId({.rootCause = u""_s}) != groupId({}));
}

void TstFingerprint::sameFailure_data()
{
    QTest::addColumn<Headers>("one");
    QTest::addColumn<Headers>("another");
    const auto row = [](const char* name, const Headers& one, const Headers& another) {
        QTest::newRow(name) << one << another;
    };
    row("after some calls the JVM's reflection frames change", spring(),
        changed(changed(spring(), "jdk.internal.reflect.GeneratedMethodAccessor101.invoke(Unknown Source)",
                        "jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)\n\tat "
                        "jdk.internal.reflect.NativeMethodAccessorImpl.invoke(NativeMethodAccessorImpl.java:77)"),
                "... 26 more", "... 27 more"));
    row("a redeploy moves the line", spring(), changed(spring(), "Billing.java:42", "Billing.java:57"));
    row("another order has another number", spring({.message = "no stock for sku 17"}),
        spring({.message = "no stock for sku 4711"}));
    row("the binder's hash is another in every process", cloudStream({}, {}, "kafka_offset=17, deliveryAttempt=2"),
        changed(cloudStream({}, {}, "kafka_offset=99, deliveryAttempt=3"), "13b0dc01", "7a11c0de"));
    row("a retry tells the time of the throw", retried(),
        changed(retried(), "05:28:45.162023845Z", "06:01:02.000000001Z"));
    row("straight to the letter or after retries", spring(), retried());
    row("an old and a new Spring", spring(), joined({springOriginals({}), springException27({})}));
    row("whatever the wrapper, the cause is the same",
        spring({.className = "com.acme.OrderFailed",
                .message = "order 1",
                .deeper = "Caused by: java.net.ConnectException: refused\n"
                          "\tat java.net.Net.connect(Net.java:1)\n\t... 3 more\n"}),
        spring({.className = "com.acme.OrderRejected",
                .message = "order 2",
                .deeper = "Caused by: java.net.ConnectException: refused\n"
                          "\tat java.net.Net.connect(Net.java:9)\n\t... 4 more\n"}));
}

void TstFingerprint::sameFailure()
{
    QFETCH(Headers, one);
    QFETCH(Headers, another);
    QVERIFY(!one.empty() && !another.empty() && one != another);
    Reader read;
    const Fingerprint first = read(one);
    const Fingerprint second = read(another);
    QCOMPARE(second.parts.rootCause, first.parts.rootCause);
    QCOMPARE(second.parts.frame, first.parts.frame);
    QCOMPARE(second.parts.message, first.parts.message);
    QCOMPARE(second.id, first.id);
    QCOMPARE(read(one), first); // from what was remembered
}

void TstFingerprint::otherFailure_data()
{
    QTest::addColumn<Headers>("one");
    QTest::addColumn<Headers>("another");
    const auto row = [](const char* name, const Headers& one, const Headers& another) {
        QTest::newRow(name) << one << another;
    };
    row("two classes under one wrapper", spring({.className = "com.acme.StockException"}),
        spring({.className = "com.acme.PriceException"}));
    row("two messages of one class", spring({.message = "customer_id missing"}), spring({.message = "amount missing"}));
    row("one class, thrown at two places", spring(), changed(spring(), "com.acme.Billing.on", "com.acme.Refund.on"));
    row("two causes of one application class",
        spring({.className = "com.acme.OrderFailed", .deeper = "Caused by: java.net.ConnectException: refused\n"}),
        spring({.className = "com.acme.OrderFailed", .deeper = "Caused by: java.sql.SQLException: deadlock\n"}));
    row("two handlers of one binder", cloudStream({}, {.className = "com.acme.A"}, ""),
        cloudStream({}, {.className = "com.acme.B"}, ""));
}

void TstFingerprint::otherFailure()
{
    QFETCH(Headers, one);
    QFETCH(Headers, another);
    QVERIFY(!one.empty() && !another.empty());
    Reader read;
    QVERIFY(read(one).id != read(another).id);
    const QString before = read(one).id;
    read.owner.consumer = u"refunds"_s;
    QVERIFY2(read(one).id != before, "another consumer's problem is another one");
    read.owner = {u"billing"_s, u"order.cancelled"_s, std::nullopt};
    QVERIFY2(read(one).id != before, "another event's likewise");
}

void TstFingerprint::frames_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("frame"); // null: not the application's
    const auto row = [](const char* name, const QByteArray& line, const QString& frame = QString()) {
        QTest::newRow(name) << line << frame;
    };
    row("the application", "at com.acme.Billing.on(Billing.java:42)", u"com.acme.Billing.on"_s);
    row("with loader and module", "at app//com.acme.Billing.on(Billing.java:42)", u"com.acme.Billing.on"_s);
    row("with module and version", "at com.acme.billing@1.4/com.acme.Billing.on(Billing.java:42)",
        u"com.acme.Billing.on"_s);
    row("with the jar behind", "at com.acme.Billing.on(Billing.java:42) ~[billing.jar!/:1.4]",
        u"com.acme.Billing.on"_s);
    row("a constructor", "at com.acme.Billing.<init>(Billing.java:4)", u"com.acme.Billing.<init>"_s);
    row("a lambda counts as its method", "at com.acme.Billing.lambda$on$3(Billing.java:42)", u"com.acme.Billing.on"_s);
    row("a lambda of Kotlin", "at com.acme.Billing.on$lambda$3(Billing.kt:42)", u"com.acme.Billing.on"_s);
    row("a lambda in one of Kotlin, as it was once named", "at com.acme.Billing.on$lambda-3$lambda-2(Billing.kt:42)",
        u"com.acme.Billing.on"_s);
    row("a lambda of Scala", "at com.acme.Billing$.$anonfun$on$2(Billing.scala:42)", u"com.acme.Billing$.on"_s);
    row("a lambda of Scala that boxes", "at com.acme.Billing.$anonfun$on$12$adapted(Billing.scala:42)",
        u"com.acme.Billing.on"_s);
    row("an accessor of javac", "at com.acme.Billing.access$100(Billing.java:42)", u"com.acme.Billing.access"_s);
    row("a method whose own name has a number", "at com.acme.Billing.on$3(Billing.java:42)",
        u"com.acme.Billing.on$3"_s);
    row("an anonymous class counts as its outer one", "at com.acme.Billing$1.run(Billing.java:42)",
        u"com.acme.Billing.run"_s);
    row("an inner class is one", "at com.acme.Billing$Tax.add(Billing.java:42)", u"com.acme.Billing$Tax.add"_s);
    row("a class without package", "at Main.main(Main.java:3)", u"Main.main"_s);
    row("the JVM", "at java.base/java.lang.Thread.run(Thread.java:840)");
    row("Spring", "at org.springframework.kafka.listener.X.invoke(X.java:1)");
    row("Kafka", "at org.apache.kafka.clients.consumer.X.poll(X.java:1)");
    row("a name that only begins alike is the application's", "at kafkaesque.Castle.enter(Castle.java:1)",
        u"kafkaesque.Castle.enter"_s);
    row("a generated accessor", "at jdk.internal.reflect.GeneratedMethodAccessor101.invoke(Unknown Source)");
    row("a proxy of the application's class", "at com.acme.Billing$$SpringCGLIB$$0.on(<generated>)");
    row("an old proxy", "at com.acme.Billing$$EnhancerBySpringCGLIB$$1a2b3c.on(<generated>)");
    row("a dynamic proxy", "at com.sun.proxy.$Proxy42.on(Unknown Source)");
    row("a proxy without package", "at jdk.proxy2/jdk.proxy2.$Proxy42.on(Unknown Source)");
    row("a lambda's own class", "at com.acme.Billing$$Lambda$17/0x0000000800c03000.accept(Unknown Source)");
    row("no frame", "at nowhere");
    row("nothing", "");
}

void TstFingerprint::frames()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, frame);
    const auto rules = FrameRules::bundled();
    QVERIFY(rules);
    QCOMPARE(rules->isInApp(line), !frame.isNull());
    if (!frame.isNull())
        QCOMPARE(frameName(line), frame);
}

void TstFingerprint::whereThePartsCameFrom()
{
    Reader read;
    FingerprintSources sources;
    const Fingerprint made = read(spring({.message = "no stock for sku 17"}), &sources);
    QCOMPARE(made.parts, (FingerprintParts{.rootCause = u"java.lang.IllegalStateException"_s,
                                           .frame = u"com.acme.Billing.on"_s,
                                           .message = u"no stock for sku <n>"_s,
                                           .eventType = u"order.created"_s,
                                           .consumer = u"billing"_s}));
    QCOMPARE(made.title, u"IllegalStateException: no stock for sku <n>"_s);
    QCOMPARE(sources.foldings, (std::vector<Folding>{{u"17"_s, u"<n>"_s}}));
    QVERIFY(sources.rootCause.contains(u"cause chain"_s));
    QVERIFY(sources.message.contains(u"root cause"_s));

    // SmallRye writes no stack: what the letter tells is all there is.
    const Fingerprint bare =
        read(smallrye({}, "com.acme.StockException", "no stock for sku 17", std::nullopt, std::nullopt), &sources);
    QCOMPARE(bare.parts.rootCause, u"com.acme.StockException"_s);
    QCOMPARE(bare.parts.frame, std::nullopt);
    QCOMPARE(bare.parts.message, u"no stock for sku <n>"_s);
    QVERIFY(sources.frame.contains(u"no stack"_s));
}

void TstFingerprint::theFrameOfTheApplicationAroundTheCause()
{
    Reader read;
    const Fingerprint made = read(spring({.className = "com.acme.OrderFailed",
                                          .message = "order 1",
                                          .deeper = "Caused by: java.net.ConnectException: refused\n"
                                                    "\tat java.base/sun.nio.ch.Net.connect0(Native Method)\n"
                                                    "\tat org.apache.http.impl.X.connect(X.java:1)\n\t... 31 more\n"}));
    QCOMPARE(made.parts.rootCause, u"java.net.ConnectException"_s);
    QCOMPARE(made.parts.message, u"refused"_s);
    QCOMPARE(made.parts.frame, u"com.acme.Billing.on"_s);

    // Nothing of the application's: no frame, rather than one of a library.
    const Headers library = changed(spring(), "com.acme.Billing.on(Billing.java:42)", "org.hibernate.X.y(X.java:1)");
    QCOMPARE(read(library).parts.frame, std::nullopt);
}

void TstFingerprint::rules_data()
{
    QTest::addColumn<QString>("change"); // of the rule
    QTest::addColumn<bool>("fits");
    const auto row = [](const char* name, const char* change, bool fits) {
        QTest::newRow(name) << QString::fromLatin1(change) << fits;
    };
    row("no matcher fits everything", "", true);
    row("the error's class", "errorClass=java.lang.IllegalStateException", true);
    row("its beginning", "errorClass=java.lang.*", true);
    row("another class", "errorClass=java.lang.Illegal", false);
    row("the root cause", "rootCause=java.lang.IllegalStateException", true);
    row("the message by expression", "message=sku \\d+$", true);
    row("another message", "message=^sku", false);
    row("the event", "eventType=order.*", true);
    row("another consumer", "consumer=refunds", false);
    row("the dialect", "dialect=spring-dlpr", true);
    row("a frame of the stack", "frame=com.acme.", true);
    row("also a library's", "frame=org.springframework.kafka.listener.", true);
    row("a frame that is not there", "frame=com.other.", false);
}

void TstFingerprint::rules()
{
    QFETCH(QString, change);
    QFETCH(bool, fits);
    GroupingRule rule;
    rule.name = u"mine"_s;
    const QString field = change.section(u'=', 0, 0);
    const QString value = change.section(u'=', 1);
    if (field == u"message"_s)
        rule.message = QRegularExpression(value);
    else if (!field.isEmpty())
        (field == u"errorClass"_s  ? rule.errorClass
         : field == u"rootCause"_s ? rule.rootCause
         : field == u"eventType"_s ? rule.eventType
         : field == u"consumer"_s  ? rule.consumer
         : field == u"dialect"_s   ? rule.dialect
                                   : rule.frame) = value;
    Reader plain;
    const Fingerprint before = plain(spring());

    GroupingRule named = rule;
    named.fingerprint = u"gateway"_s;
    named.title = u"The gateway"_s;
    Reader fixed(GroupingRules{.rules = {named}, .inApp = {}, .notInApp = {}, .digest = u"1"_s});
    const Fingerprint after = fixed(spring());
    QCOMPARE(after.rule, fits ? std::optional(u"mine"_s) : std::nullopt);
    QCOMPARE(after.id, fits ? groupId({.fixed = u"gateway"_s}) : before.id);
    QCOMPARE(after.title, fits ? u"The gateway"_s : before.title);

    GroupingRule without = rule;
    without.withoutFrame = without.withoutMessage = true;
    GroupingRule second = named; // comes too late where the first one fits
    Reader dropped(GroupingRules{.rules = {without, second}, .inApp = {}, .notInApp = {}, .digest = u"2"_s});
    const Fingerprint less = dropped(spring());
    if (fits) {
        FingerprintParts parts = before.parts;
        parts.frame.reset();
        parts.message.reset();
        QCOMPARE(less.parts, parts);
    } else {
        QCOMPARE(less, before);
    }

    GroupingRules prefixes;
    prefixes.notInApp = {u"com.acme."_s};
    QCOMPARE(Reader(prefixes)(spring()).parts.frame, std::nullopt);
    prefixes.inApp = {u"com.acme.Bill"_s};
    QCOMPARE(Reader(prefixes)(spring()).parts.frame, u"com.acme.Billing.on"_s);
}

void TstFingerprint::bytesOfNoMeaningHaveAFingerprint()
{
    Reader read;
    std::mt19937 random(4);
    const QByteArrayList pieces{"\n",
                                "\nCaused by: ",
                                "\tat ",
                                "com.acme.A.b(",
                                ")",
                                ": ",
                                "\t... 3 more",
                                "\0\xFF",
                                "$$",
                                "/",
                                "Caused by: ",
                                "[CIRCULAR REFERENCE",
                                "\tSuppressed: ",
                                "java.lang.Error",
                                "    at ",
                                "lambda$"};
    for (int i = 0; i < 3'000; ++i) {
        QByteArray stack;
        for (auto parts = random() % 80; parts > 0; --parts)
            stack += pieces[static_cast<qsizetype>(random() % static_cast<std::size_t>(pieces.size()))];
        if (i % 100 == 0)
            stack = stack.repeated(3'000); // more than is read
        Headers headers = spring();
        headers.back().value = stack;
        const Fingerprint made = read(headers);
        QCOMPARE(made.id.size(), 13);
        QVERIFY(!made.parts.message || made.parts.message->size() <= longestFolded);
        QVERIFY(!made.title.isEmpty());
    }
}

QTEST_GUILESS_MAIN(TstFingerprint)
#include "tst_fingerprint.moc"
