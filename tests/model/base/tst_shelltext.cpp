// SPDX-License-Identifier: GPL-3.0-or-later
// What we offer to be pasted into a shell: read back exactly, and nothing in it that a line editor acts on.
#include "model/base/shelltext.h"

#include "model/base/text.h"

#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;

namespace {

/// What a shell makes of the words, each ended by a zero byte.
QByteArray readBack(const QString& shell, const QStringList& words)
{
    QProcess process;
    process.start(shell, {u"-c"_s, u"printf '%s\\0' "_s + words.join(u' ')});
    if (!process.waitForFinished() || process.exitCode() != 0)
        return "the shell failed: " + process.readAllStandardError();
    return process.readAllStandardOutput();
}

QStringList shells()
{
    QStringList found;
    for (const QString& name : {u"sh"_s, u"bash"_s, u"dash"_s}) {
        if (!QStandardPaths::findExecutable(name).isEmpty())
            found << name;
    }
    return found;
}

} // namespace

class TstShellText final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void words_data();
    void words();
    void aShellReadsThemBack();
};

void TstShellText::words_data()
{
    QTest::addColumn<QString>("argument");
    QTest::addColumn<QString>("quoted");
    QTest::newRow("plain words stay") << u"order-events.DLT"_s << u"order-events.DLT"_s;
    QTest::newRow("spaces are quoted") << u"a b"_s << u"'a b'"_s;
    QTest::newRow("a quote is closed, escaped, opened") << u"it's"_s << u"'it'\\''s'"_s;
    QTest::newRow("a dollar is not expanded") << u"$HOME"_s << u"'$HOME'"_s;
    QTest::newRow("nothing is an argument too") << QString() << u"''"_s;
    QTest::newRow("what kills a line is octal") << u"x\u0015touch y"_s << u"\"$(printf 'x\\025touch y')\""_s;
    QTest::newRow("what ends a paste is octal") << u"\u001B[201~"_s << u"\"$(printf '\\033[201~')\""_s;
    QTest::newRow("a bidirectional mark is octal") << u"a\u202Eb"_s << u"\"$(printf 'a\\342\\200\\256b')\""_s;
    QTest::newRow("a sign of printf beside a tab") << u"100%\t"_s << u"\"$(printf '100\\045\\011')\""_s;
    QTest::newRow("no option of printf") << u"-v\t"_s << u"\"$(printf '\\055v\\011')\""_s;
    QTest::newRow("line feeds at the end are kept") << u"a\tb\n\n"_s << u"\"$(printf 'a\\011b')\"'\n\n'"_s;
}

void TstShellText::words()
{
    QFETCH(QString, argument);
    QTEST(shellQuoted(argument), "quoted");
}

void TstShellText::aShellReadsThemBack()
{
    QRandomGenerator random(20261127);
    const QString alphabet = u"ab '\"\\%!$`-\t\n\r\u0001\u0015\u001B\u007F\u0085\u202E\u200Bé日~(){};&|<>*?#"_s;
    QStringList arguments{u"-"_s, u"\n"_s, u"!!"_s, u"😀\u0007"_s};
    for (int i = 0; i < 400; ++i) {
        QString argument;
        const int size = random.bounded(1, 12);
        for (int at = 0; at < size; ++at)
            argument += alphabet[random.bounded(alphabet.size())];
        arguments << argument;
    }
    QStringList words;
    QByteArray wanted;
    for (const QString& argument : std::as_const(arguments)) {
        const QString word = shellQuoted(argument);
        QString seen = word;
        seen.remove(u'\n'); // between quotes, at the end only
        QCOMPARE(visibleText(seen), seen);
        words << word;
        wanted += argument.toUtf8() + '\0';
    }
    QVERIFY(!shells().isEmpty());
    for (const QString& shell : shells())
        QCOMPARE(readBack(shell, words), wanted);
}

QTEST_GUILESS_MAIN(TstShellText)
#include "tst_shelltext.moc"
