// SPDX-License-Identifier: GPL-3.0-or-later
#include "letters.h"
#include "model/deadletter/stackframes.h"
#include "model/deadletter/stacktrace.h"

#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

class TstStackTrace final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chain_data();
    void chain();
    void linesOfAMessageAreNoCauses_data();
    void linesOfAMessageAreNoCauses();
    void aMessageInALongStackIsNoEnd();
    void aStackOfAMegabyteStillTellsItsEnd();
    void aChainWithoutEndIsNotRead();
};

void TstStackTrace::chain_data()
{
    QTest::addColumn<QByteArray>("stack");
    QTest::addColumn<QStringList>("classes");
    QTest::addColumn<QStringList>("messages");
    QTest::newRow("one throwable") << QByteArray("java.lang.IllegalStateException: boom\n\tat a.B.c(B.java:1)\n")
                                   << QStringList{u"java.lang.IllegalStateException"_s} << QStringList{u"boom"_s};
    QTest::newRow("no message") << QByteArray("java.lang.NullPointerException\n\tat a.B.c(B.java:1)\n")
                                << QStringList{u"java.lang.NullPointerException"_s} << QStringList{QString()};
    QTest::newRow("two causes, frames left out")
        << QByteArray("a.A: 1\n\tat x\n\t... 3 more\nCaused by: b.B: 2\n\tat x\nCaused by: c.C: 3\n\t... 4 more\n")
        << QStringList{u"a.A"_s, u"b.B"_s, u"c.C"_s} << QStringList{u"1"_s, u"2"_s, u"3"_s};
    QTest::newRow("a suppressed throwable's causes are not the chain's")
        << test::springStack("a.Wrapper: w", "Caused by: b.B: 2\n\tat x\n") << QStringList{u"a.Wrapper"_s, u"b.B"_s}
        << QStringList{u"w"_s, u"2"_s};
    QTest::newRow("a message over three lines")
        << QByteArray("a.A: one\ntwo\n\nfour\n\tat x\nCaused by: b.B\n") << QStringList{u"a.A"_s, u"b.B"_s}
        << QStringList{u"one\ntwo\n\nfour"_s, QString()};
    QTest::newRow("lines end as on Windows") << QByteArray("a.A: one\r\n\tat x\r\nCaused by: b.B: two\r\n\tat y\r\n")
                                             << QStringList{u"a.A"_s, u"b.B"_s} << QStringList{u"one"_s, u"two"_s};
    QTest::newRow("a circle ends the chain")
        << QByteArray("a.A: 1\n\tat x\nCaused by: b.B: 2\n\tat x\nCaused by: [CIRCULAR REFERENCE: a.A: 1]\n")
        << QStringList{u"a.A"_s, u"b.B"_s} << QStringList{u"1"_s, u"2"_s};
    QTest::newRow("a message with a colon")
        << QByteArray("a.A: key: value\n\tat x\n") << QStringList{u"a.A"_s} << QStringList{u"key: value"_s};
    QTest::newRow("an exception that prints itself its own way has no class")
        << QByteArray("a.A: 1\n\tat x\nCaused by: Status{code=UNAVAILABLE}\n\tat y\n")
        << QStringList{u"a.A"_s, QString()} << QStringList{u"1"_s, QString()};
    QTest::newRow("text that is no stack")
        << QByteArray("it just did not work, sorry") << QStringList{QString()} << QStringList{QString()};
    QTest::newRow("bytes that are no text")
        << QByteArray("\xFF\xFE\n\xFF") << QStringList{QString()} << QStringList{QString()};
    QTest::newRow("nothing") << QByteArray("") << QStringList{QString()} << QStringList{QString()};
}

void TstStackTrace::chain()
{
    QFETCH(QByteArray, stack);
    QFETCH(QStringList, classes);
    QFETCH(QStringList, messages);
    const CauseChain chain = readCauseChain(stack);
    QVERIFY(chain.reachesEnd);
    QStringList readClasses;
    QStringList readMessages;
    for (const ThrownEntry& entry : chain.thrown) {
        readClasses += entry.className.value_or(QString());
        readMessages += entry.message.value_or(QString());
    }
    QCOMPARE(readClasses, classes);
    QCOMPARE(readMessages, messages);
}

void TstStackTrace::linesOfAMessageAreNoCauses_data()
{
    QTest::addColumn<QByteArray>("stack");
    QTest::addColumn<QByteArray>("told"); // a message that is known
    QTest::addColumn<QStringList>("classes");
    QTest::addColumn<QString>("lastMessage");
    const QByteArray hostile = "one\nCaused by: evil.Fake: x\nthree";
    const QByteArray framed = "one\n\tat x.Y.z(Y.java:1)\nCaused by: evil.Fake: x\n\tat x.Y.z(Y.java:1)\nthree";
    const QByteArray frames = "\n\tat a.B.c(B.java:1)\n";
    const QByteArray shared = "\n\tat a.B.c(B.java:1)\n\t... 3 more\n";
    const QStringList a{u"a.A"_s};
    const QStringList ab{u"a.A"_s, u"b.B"_s};
    QTest::newRow("of a known message") << "a.A: " + hostile + frames << hostile << a << QString::fromUtf8(hostile);
    QTest::newRow("of one that is known, with frames")
        << "a.A: " + framed + frames << framed << a << QString::fromUtf8(framed);
    QTest::newRow("known, and the real cause stays")
        << "a.A: " + hostile + frames + "Caused by: b.B: end" + shared << hostile << ab << u"end"_s;
    QTest::newRow("known, of the cause") << "a.A: top" + frames + "Caused by: b.B: " + framed + shared << framed << ab
                                         << QString::fromUtf8(framed);
    QTest::newRow("known, as both say it: one was made of the other")
        << "a.A: b.B: " + framed + frames + "Caused by: b.B: " + framed + shared << framed << ab
        << QString::fromUtf8(framed);
    QTest::newRow("known with the other's class in front")
        << "a.A: b.B: " + framed + frames + "Caused by: b.B: " + framed + shared << "b.B: " + framed << ab
        << QString::fromUtf8(framed);
    QTest::newRow("known, and no frames: what follows is a cause")
        << "a.A: " + hostile + "\nCaused by: b.B: end" + frames << hostile << ab << u"end"_s;
    QTest::newRow("not known: behind several lines of a throwable without frames")
        << "a.A: zero\n" + hostile + frames << QByteArray() << a << QString::fromUtf8("zero\n" + hostile);
    QTest::newRow("not known, of a cause: its frames are counted as those in common")
        << "a.A: top" + frames + "Caused by: b.B: " + hostile + shared << QByteArray() << ab
        << QString::fromUtf8(hostile);
    QTest::newRow("not known, and no class")
        << QByteArray("a.A: one\nCaused by: too much of it\n\tat a.B.c(B.java:1)\n") << QByteArray() << a
        << u"one\nCaused by: too much of it"_s;
    QTest::newRow("not known: of a suppressed throwable")
        << QByteArray(
               "a.A: one\n\tat x\n\tSuppressed: s.S: two\nCaused by: evil.Fake: x\n\t\tat y\nCaused by: b.B: end\n"
               "\t... 1 more\n")
        << QByteArray() << ab << u"end"_s;
    QTest::newRow("a throwable without frames has its cause")
        << "a.A: one\nCaused by: b.B: end" + frames << QByteArray() << ab << u"end"_s;
    QTest::newRow("one without message and frames, on Windows")
        << QByteArray("a.A\r\nCaused by: b.B: end\r\n\tat x\r\n") << QByteArray() << ab << u"end"_s;
    QTest::newRow("a known message that the stack does not repeat")
        << "a.A: other\nlines" + frames + "Caused by: b.B: end" + shared << hostile << ab << u"end"_s;
}

void TstStackTrace::linesOfAMessageAreNoCauses()
{
    QFETCH(QByteArray, stack);
    QFETCH(QByteArray, told);
    QFETCH(QStringList, classes);
    QFETCH(QString, lastMessage);
    KnownMessages known;
    addKnownMessage(known, told);
    const CauseChain chain = readCauseChain(stack, known);
    QStringList read;
    for (const ThrownEntry& entry : chain.thrown)
        read += entry.className.value_or(QString());
    QCOMPARE(read, classes);
    QCOMPARE(chain.thrown.back().message.value_or(QString()), lastMessage);
    // What groups are made of is cut in the same places.
    QStringList sections;
    for (const StackSection& section : stackSections(stack, known)) {
        sections += QString::fromUtf8(section.className);
        QVERIFY(!section.frames.contains("evil.Fake: x\nthree"));
    }
    QCOMPARE(sections, classes);
}

void TstStackTrace::aMessageInALongStackIsNoEnd()
{
    const QByteArray framed = "one\n\tat x.Y.z(Y.java:1)\nCaused by: evil.Fake: x\n\tat x.Y.z(Y.java:1)\nthree";
    QByteArray stack = "a.A: top\n";
    while (stack.size() < 1 << 18)
        stack += "\tat com.acme.Deep.recurse(Deep.java:17)\n";
    stack += "Caused by: b.B: " + framed + "\n\tat x\n\t... 3 more\n";
    KnownMessages known;
    addKnownMessage(known, framed);
    QCOMPARE(readCauseChain(stack, known).thrown.back().className, u"b.B"_s);
    QCOMPARE(QString::fromUtf8(stackSections(stack, known).back().className), u"b.B"_s);
    stack.replace(framed, "one\nCaused by: evil.Fake: x\nthree");
    QCOMPARE(readCauseChain(stack).thrown.back().className, u"b.B"_s);
}

void TstStackTrace::aStackOfAMegabyteStillTellsItsEnd()
{
    QByteArray stack = "a.A: top\n";
    while (stack.size() < 1 << 20)
        stack += "\tat com.acme.Deep.recurse(Deep.java:17)\n";
    const QByteArray withoutCause = stack;
    stack += "Caused by: b.Bottom: end\n\tat x\n";
    CauseChain chain = readCauseChain(stack);
    QCOMPARE(chain.thrown.front().className, u"a.A"_s);
    QCOMPARE(chain.thrown.back().className, u"b.Bottom"_s);
    QVERIFY(chain.reachesEnd);
    chain = readCauseChain(withoutCause);
    QCOMPARE(chain.thrown.size(), std::size_t{1});
    QVERIFY2(!chain.reachesEnd, "a cause may stand in what was not read");
}

void TstStackTrace::aChainWithoutEndIsNotRead()
{
    QByteArray stack = "a.A\n";
    for (int i = 0; i < 1000; ++i)
        stack += "\tat x\nCaused by: b.B" + QByteArray::number(i) + "\n";
    const CauseChain chain = readCauseChain(stack);
    QCOMPARE(chain.thrown.size(), std::size_t{64});
    QVERIFY(!chain.reachesEnd);
}

QTEST_GUILESS_MAIN(TstStackTrace)
#include "tst_stacktrace.moc"
