// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/groupingrules.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstGroupingRules final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aWholeFile();
    void noFileIsNoRules();
    void faultsHaveTheirPlace_data();
    void faultsHaveTheirPlace();
    void allFaultsAreSaidAtOnce();
    void aCostlyExpressionFitsNothing();

private:
    QString file(const QByteArray& text)
    {
        const QString path = m_folder.filePath(u"grouping.yaml"_s);
        QFile out(path);
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
            return {};
        return path;
    }
    QTemporaryDir m_folder;
};

void TstGroupingRules::aWholeFile()
{
    const auto read = readGroupingRules(file(R"(version: 1
frames:
  in_app: [com.acme., org.apache.kafka.acme.]
  not_in_app: com.acme.plumbing.
rules:
  - name: the gateway is down
    when:
      error_class: com.acme.GatewayException
      root_cause: java.net.*
      message: "timed? out"
      event_type: order.*
      consumer: payment-service
      dialect: spring-dlpr
      frame: com.acme.payment.
    fingerprint: gateway
    title: The payment gateway does not answer
  - when: { error_class: com.acme.ValidationException }
    without: [message, frame]
  - when: { consumer: mailer }
    without: message
)"));
    for (const FileIssue& issue : read.issues)
        qWarning("%s", qPrintable(issue.toString()));
    QVERIFY(read.value && read.issues.empty());
    QCOMPARE(read.value->inApp, (QStringList{u"com.acme."_s, u"org.apache.kafka.acme."_s}));
    QCOMPARE(read.value->notInApp, QStringList{u"com.acme.plumbing."_s});
    QCOMPARE(read.value->digest.size(), 16);
    QCOMPARE(read.value->rules.size(), std::size_t{3});
    const GroupingRule& first = read.value->rules[0];
    QCOMPARE(first.name, u"the gateway is down"_s);
    QCOMPARE(first.rootCause, u"java.net.*"_s);
    QCOMPARE(first.frame, u"com.acme.payment."_s);
    QCOMPARE(first.fingerprint, u"gateway"_s);
    QVERIFY(first.message && first.message->match(u"request timed out"_s).hasMatch());
    QCOMPARE(read.value->rules[1].name, u"rule 2"_s);
    QCOMPARE(read.value->rules[1].line, 17);
    QVERIFY(read.value->rules[1].withoutMessage && read.value->rules[1].withoutFrame);
    QVERIFY(read.value->rules[2].withoutMessage && !read.value->rules[2].withoutFrame);
}

void TstGroupingRules::noFileIsNoRules()
{
    const auto read = readGroupingRules({});
    QVERIFY(read.value && read.value->rules.empty() && read.value->digest.isEmpty());
    QVERIFY(!readGroupingRules(m_folder.filePath(u"gone.yaml"_s)).value); // one that is named must be there
}

void TstGroupingRules::faultsHaveTheirPlace_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("place"); // line:column
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QByteArray& text, const QString& place, const QString& says) {
        QTest::newRow(name) << text << place << says;
    };
    row("another version", "version: 2\n", u"1:10"_s, u"version: 1"_s);
    row("rules that are no list", "rules: yes\n", u"1:8"_s, u"not a list"_s);
    row("a rule that fits everything", "rules:\n  - when: {}\n    title: x\n", u"2:11"_s, u"one group of everything"_s);
    row("a rule without when", "rules:\n  - title: x\n", u"2:5"_s, u"when:"_s);
    row("a rule that changes nothing", "rules:\n  - when: { consumer: x }\n", u"2:5"_s, u"changes nothing"_s);
    row("a star in the middle", "rules:\n  - when: { consumer: a*b }\n    title: x\n", u"2:23"_s, u"star"_s);
    row("a broken expression", "rules:\n  - when: { message: \"a(b\" }\n    title: x\n", u"2:22"_s,
        u"no regular expression"_s);
    row("an unknown part", "rules:\n  - when: { consumer: x }\n    without: mesage\n", u"3:14"_s,
        u"did you mean 'message'"_s);
    row("a fingerprint that leaves nothing to drop",
        "rules:\n  - when: { consumer: x }\n    fingerprint: f\n    without: frame\n", u"4:14"_s, u"no effect"_s);
    row("an empty title", "rules:\n  - when: { consumer: x }\n    title: \" \"\n", u"3:12"_s, u"empty text"_s);
    row("a prefix with a star", "frames: { in_app: [com.acme.*] }\n", u"1:19"_s, u"begin"_s);
}

void TstGroupingRules::faultsHaveTheirPlace()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, place);
    QFETCH(QString, says);
    const QString path = file(text);
    const auto read = readGroupingRules(path);
    QVERIFY(!read.value);
    QCOMPARE(read.issues.size(), std::size_t{1});
    const QString said = read.issues.front().toString();
    QVERIFY2(said.startsWith(u"%1:%2: "_s.arg(path, place)), qPrintable(said));
    QVERIFY2(said.contains(says), qPrintable(said));
}

void TstGroupingRules::allFaultsAreSaidAtOnce()
{
    const auto read = readGroupingRules(file("version: 3\nrules:\n  - title: x\n  - when: { consumer: x }\n"));
    QVERIFY(!read.value);
    QCOMPARE(read.issues.size(), std::size_t{3});
}

void TstGroupingRules::aCostlyExpressionFitsNothing()
{
    const auto read = readGroupingRules(file("rules:\n  - when: { message: \"^(a+)+$\" }\n    title: x\n"));
    QVERIFY(read.value);
    LetterFacts facts;
    facts.errorMessage = QString(4000, u'a') + u'b'; // exponential for who tries every way
    const std::vector<StackSection> none;
    QVERIFY(
        !groupingRuleFor(*read.value, {.facts = facts, .owner = {}, .rootCause = {}, .message = {}, .sections = none}));
    facts.errorMessage = u"aaa"_s;
    QVERIFY(
        groupingRuleFor(*read.value, {.facts = facts, .owner = {}, .rootCause = {}, .message = {}, .sections = none}));
}

QTEST_GUILESS_MAIN(TstGroupingRules)
#include "tst_groupingrules.moc"
