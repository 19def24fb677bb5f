// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/linearexpression.h"

#include <QRegularExpression>
#include <QTest>

#include <random>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

/// What decides a text when PCRE gives up has to answer as PCRE would have.
class TstLinearExpression final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bothEnginesAgree_data();
    void bothEnginesAgree();
    void whatCouldDifferIsNoLinearExpression_data();
    void whatCouldDifferIsNoLinearExpression();
    void bothEnginesAgreeOnAnything();
    void itTakesLongTexts();
};

namespace {

QString shown(const QString& pattern, const QString& text)
{
    return u"pattern %1, text %2"_s.arg(QString::fromLatin1(pattern.toUtf8().toPercentEncoding("()[]{}?*+|\\^$.:")),
                                        QString::fromLatin1(text.toUtf8().toPercentEncoding()));
}

/// Every text with which the rules below have something to do.
QStringList texts()
{
    QStringList all{QString(),   u"a"_s,      u"a\n"_s,        u"a\n\n"_s,  u"\n"_s,     u"\n\n"_s,    u"a\nb"_s,
                    u"a\nb\n"_s, u"\v"_s,     u"a\vb"_s,       u"a b"_s,    u"x\ta"_s,   u"_"_s,       u"-"_s,
                    u"K"_s,      u"\u212A"_s, u"\u017F"_s,     u"S"_s,      u"é"_s,      u"É"_s,       u"\u00A0"_s,
                    u"\u0085"_s, u"\u2028"_s, u"\U0001F600"_s, u"\uFFFD"_s, u"]"_s,      u"[a]"_s,     u"{2}"_s,
                    u"a{,2}"_s,  u"a:b"_s,    u"\\"_s,         u"Q"_s,      u"$"_s,      u"^"_s,       u"aa"_s,
                    u"ab\r\n"_s, u"a\f"_s,    u"0"_s,          u"a.b"_s,    u"ba\nab"_s, u"\uFEFFa"_s, u"ß"_s,
                    u"\u1E9E"_s, u"σς\n"_s,   u"Σ"_s,          u"aéa"_s,    u"éa\n"_s,   u"\u0663"_s,  u"\na"_s,
                    u"b\n"_s,    u"aa\n"_s};
    all += QString(QChar(0));
    return all;
}

} // namespace

void TstLinearExpression::bothEnginesAgree_data()
{
    QTest::addColumn<QString>("pattern");
    for (const char* pattern :
         {"a$", "^a$", "(a|b)$", "((a$))", "(a$|b)", "^(?:$)", "$", "\\n$", "(?m)a$", "(?m:a$)", "(?s)a.$", "a\\z",
          "\\A\\z", "\\s", "\\S", "^\\s*$", "[\\s]", "[^\\s]", "[\\S]", "[^\\S]", "[\\s\\d]", "[\\S\\d]", "a[\\s]b",
          "[a\\s]$", "\\w", "\\W", "(?i)\\w", "(?i)\\W", "(?i)^\\w$", "(?i)k", "(?i)s", "(?i)[a-z]", "(?i)[^a-z]",
          "(?i:K)s", "\\d", "\\D", "\\bab?\\b", "[[:space:]]", "[[:alpha:]]", "[[:^alpha:]]", "[[:punct:]]",
          "[[:word:]]", "[]a]", "[^]a]", "[[a]", "[a-]", "[-a]", "[\\w-]", "[a\\-z]", "\\Q$^[\\E", "\\Q[a", "a\\Eb",
          "a{2}", "a{1,}", "a{,", "x{", "\\_", "\\é", "é", "[é]", "\\x41", "\\x{2028}", "\\e", "(?<name>a)b",
          "(?P<name>a)b", "(?'name'a)b", "(?i)a(?-i)B", "(?U)a+", "a|", "()", "[\\b]", "[\\x00-\\x1f]", "(?:a|\\n)*$",
          "\\.", "[.]", ".", "(?s).", "^.$", "(?s)^.$",
          // what stands behind the end, and before it
          "a$\\n", "a$\\n$", "(a$|b)\\n", "(a$)*", "(?:a$\\n?)+$", "$^", "$^\\n", "$\\b", "$\\B", "a$\\b\\n", "$$\\n",
          "($){3}\\n", "(?m)$\\n", "(?m)$$\\n\\z", "\\Z", "a\\Z\\n", "$\\A", "\\n$^",
          // lines
          "(?m)^a", "(?m)^", "(?m)^$", "(?m)a\\n^", "(?m)\\n^", "(?m)^\\z", "(?m)^(a|aa)+$", "(?m:^)a", "(?m)(^a\\n?)+",
          "\\G^a",
          // characters that only Unicode tells
          "\\p{L}", "\\pL+$", "\\PN", "\\p{^Lu}", "\\P{Greek}", "^\\p{Greek}+$", "[\\p{Lu}_]", "[^\\p{L}]", "\\p{Nd}",
          "\\h", "\\H", "\\v", "\\V", "\\N", "[\\h\\v]", "(?i)é", "(?i)\\x{E9}", "(?i)[é]", "(?i)[^É]", "(?i)ß",
          "(?i)σ", "(?i)\\p{Lu}", "(?i)[[:upper:]]", "(?i)[\\w.]", "(?i)[\\W]", "\\x{1F600}", "[\\x{1F600}-\\x{1F64F}]",
          "\\012", "\\cJ", "\\o{12}",
          // no border of words, which RE2 by itself finds within a character too
          "a\\B", "\\B", "\\B$", "^\\B", "\\Ba", "é\\B", "(\\B|a)b",
          // what is written otherwise
          "(?x) a b # two", "(?x)a +", "a(?#of it)+", "(?|a|b)$", "[\\Q]a\\E]", "[a\\]]", "[[:a]", "a\\E+",
          "\\Qab\\E+$"})
        QTest::newRow(pattern) << QString::fromUtf8(pattern);
}

void TstLinearExpression::bothEnginesAgree()
{
    QFETCH(QString, pattern);
    const QRegularExpression backtracking(pattern);
    QVERIFY2(backtracking.isValid(), qPrintable(backtracking.errorString()));
    const auto linear = LinearExpression::of(pattern);
    QVERIFY(linear);
    for (const QString& text : texts())
        QVERIFY2(linear->isIn(text) == backtracking.match(text).hasMatch(), qPrintable(shown(pattern, text)));
}

void TstLinearExpression::whatCouldDifferIsNoLinearExpression_data()
{
    QTest::addColumn<QString>("pattern");
    const auto row = [](const char* name, const char* pattern) { QTest::newRow(name) << QString::fromUtf8(pattern); };
    row("look ahead", "a(?=b)");
    row("look behind", "(?<!a)b");
    row("reference back", "(a)\\1");
    row("reference back by name", "(?P<n>a)(?P=n)");
    row("recursion", "a(?R)?b");
    row("a condition", "(a)?(?(1)b|c)");
    row("possessive", "a++b");
    row("atomic", "(?>a+)b");
    row("a line break of any kind, which is atomic", "\\R");
    row("what is seen as one character", "\\X");
    row("a match that begins later", "a\\Kb");
    row("more `$` than are counted", "($a?){1001}");
    row("a count that only later releases take for one", "a{,2}");
    row("options in front", "(*UCP)\\w");
    row("free spacing within classes", "(?xx)[a b]");
}

void TstLinearExpression::whatCouldDifferIsNoLinearExpression()
{
    QFETCH(QString, pattern);
    QVERIFY2(QRegularExpression(pattern).isValid(), "the row proves nothing");
    QVERIFY(!LinearExpression::of(pattern));
}

void TstLinearExpression::bothEnginesAgreeOnAnything()
{
    const unsigned seed = 20261127;
    std::mt19937 random(seed);
    const auto any = [&random](const auto& all) { return all[random() % std::size(all)]; };
    const QString parts[]{
        u"a"_s,         u"b"_s,          u"k"_s,        u"S"_s,      u"é"_s,           u"ß"_s,
        u"\\n"_s,       u"\\n"_s,        u"\\s"_s,      u"\\S"_s,    u"\\w"_s,         u"\\W"_s,
        u"\\d"_s,       u"\\b"_s,        u"\\B"_s,      u"."_s,      u"$"_s,           u"$"_s,
        u"^"_s,         u"^"_s,          u"\\A"_s,      u"\\z"_s,    u"\\Z"_s,         u"("_s,
        u")"_s,         u"|"_s,          u"(?:"_s,      u"(?i)"_s,   u"(?i:"_s,        u"(?m)"_s,
        u"(?m)"_s,      u"(?s)"_s,       u"(?-m)"_s,    u"(?x)"_s,   u" "_s,           u"*"_s,
        u"+"_s,         u"?"_s,          u"{2}"_s,      u"{0,1}"_s,  u"[a\\s]"_s,      u"[^\\s]"_s,
        u"[^\\Sb]"_s,   u"[a-k]"_s,      u"[^a]"_s,     u"[\\w-]"_s, u"[[:space:]]"_s, u"[[:upper:]é]"_s,
        u"\\x{2028}"_s, u"$)"_s,         u"$|"_s,       u"\\v"_s,    u"\\h"_s,         u"\\p{L}"_s,
        u"\\P{Lu}"_s,   u"\\p{Greek}"_s, u"-"_s,        u"\\_"_s,    u"\\Q.\\E"_s,     u"{"_s,
        u"\\x0b"_s,     u"\\E"_s,        u"[\\Q]\\E]"_s};
    const QString signs[]{u"a"_s,      u"a"_s,      u"b"_s, u"k"_s,         u"s"_s,      u"\n"_s, u"\n"_s,
                          u"\n"_s,     u"\v"_s,     u" "_s, u"\u017F"_s,    u"\u212A"_s, u"é"_s,  u"É"_s,
                          u"\u1E9E"_s, u"σ"_s,      u"_"_s, u"-"_s,         u"."_s,      u"0"_s,  u"\u2028"_s,
                          u"\r"_s,     u"\u00A0"_s, u"{"_s, u"\U0001F600"_s};
    int compared = 0;
    int fitted = 0;
    for (int i = 0; i < 30'000; ++i) {
        QString pattern;
        for (auto length = 1 + random() % 9; length > 0; --length)
            pattern += any(parts);
        const QRegularExpression backtracking(pattern);
        const auto linear = backtracking.isValid() ? LinearExpression::of(pattern) : std::nullopt;
        if (!linear)
            continue;
        for (int each = 0; each < 6; ++each) {
            QString text;
            for (auto length = random() % 6; length > 0; --length)
                text += any(signs);
            if (random() % 3 == 0)
                text += u'\n';
            const auto match = backtracking.match(text);
            if (!match.isValid())
                continue;
            ++compared;
            fitted += match.hasMatch() ? 1 : 0;
            QVERIFY2(linear->isIn(text) == match.hasMatch(),
                     qPrintable(u"seed %1: "_s.arg(seed) + shown(pattern, text)));
        }
    }
    QVERIFY2(compared > 50'000 && fitted > 10'000 && compared - fitted > 10'000,
             qPrintable(u"%1 compared, %2 of them fit: that proves little"_s.arg(compared).arg(fitted)));
}

void TstLinearExpression::itTakesLongTexts()
{
    const auto linear = LinearExpression::of(u"^(a|a|aa)+\\s$");
    QVERIFY(linear);
    const QString text = u"a"_s.repeated(1'000'000);
    QVERIFY(linear->isIn(text + u"\v\n"_s));
    QVERIFY(!linear->isIn(text + u"!"_s));
    const auto lines = LinearExpression::of(u"(?m)^(\\p{L}|\\p{L}\\p{L})+$\\n\\Bé$");
    QVERIFY(lines);
    QVERIFY(lines->isIn(u"1\n"_s + text + u"\né\n"_s));
    QVERIFY(!lines->isIn(u"1\n"_s + text + u"\né1\n"_s));
}

QTEST_GUILESS_MAIN(TstLinearExpression)
#include "tst_linearexpression.moc"
