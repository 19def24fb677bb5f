// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/catalog/exchangenames.h"
#include "model/workspace/yamltree.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

/// Names and texts of anybody, made safe for other programs' files.
class ExchangeNamesTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void slugs_data();
    void slugs();
    void slugsNeverMeet();
    void scalarsReadBack_data();
    void scalarsReadBack();
    void proseIsNoMarkup_data();
    void proseIsNoMarkup();
    void indentedJsonSaysTheSame();
};

void ExchangeNamesTest::slugs_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("slug");
    QTest::newRow("a plain name stays") << u"order.created_v2-x"_s << u"order.created_v2-x"_s;
    QTest::newRow("no way out of the folder") << u"../../etc/passwd"_s << u"etc-passwd"_s;
    QTest::newRow("only dots") << u".."_s << u"unnamed"_s;
    QTest::newRow("letters of other alphabets") << u"\u00fcber event"_s << u"ber-event"_s;
    QTest::newRow("line ends and quotes") << u"a\n\"b\"\n"_s << u"a-b"_s;
    QTest::newRow("nothing") << QString() << u"unnamed"_s;
}

void ExchangeNamesTest::slugs()
{
    QFETCH(QString, name);
    QFETCH(QString, slug);
    QCOMPARE(SlugMaker().of(name), slug);
}

void ExchangeNamesTest::slugsNeverMeet()
{
    SlugMaker slugs(8);
    const QString first = slugs.of(u"order created"_s);
    QCOMPARE(slugs.of(u"order created"_s), first);
    QSet<QString> taken{first.toLower()};
    for (const QString& name :
         {u"order/created"_s, u"ORDER-CREATED"_s, u"order created!"_s, u"order-cr"_s, u".."_s, u"..."_s}) {
        const QString slug = slugs.of(name);
        QVERIFY2(!slug.isEmpty() && slug.size() <= 8 && !taken.contains(slug.toLower()), qPrintable(slug));
        taken.insert(slug.toLower());
    }
}

void ExchangeNamesTest::scalarsReadBack_data()
{
    QTest::addColumn<QString>("text");
    for (const QString& text :
         {u"plain"_s, u"yes"_s, u"null"_s, u"1.0"_s, u"# c"_s, u"a: b"_s, u"it's"_s, u"--- x"_s, u"{{on}}"_s, u"*a"_s,
          u"line\nend"_s, u"\u2028 and \u0085"_s, u"x\ufeff"_s, u"\U0001F600"_s, u"tab\t\\ \""_s, QString(), u" "_s})
        QTest::newRow(qPrintable(u"'%1'"_s.arg(text))) << text;
}

void ExchangeNamesTest::scalarsReadBack()
{
    QFETCH(QString, text);
    const QString scalar = exportScalar(text);
    QVERIFY(!scalar.contains(u'\n'));
    const auto document = readYamlText((u"key: "_s + scalar + u" # c\n"_s).toUtf8(), u"f.yaml"_s);
    QVERIFY(document.value);
    const YamlNode* value = document.value->root->find(u"key");
    QVERIFY(value->kind == YamlNode::Kind::Scalar);
    QCOMPARE(value->text, text);
}

void ExchangeNamesTest::proseIsNoMarkup_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("code of a page") << u"import x from 'y'"_s;
    QTest::newRow("an expression") << u"a {process.exit()} b"_s;
    QTest::newRow("an element") << u"<script>alert(1)</script>"_s;
    QTest::newRow("a link, a table's bar, a heading") << u"# [x](javascript:y) | `z`"_s;
    QTest::newRow("a numbered list") << u"1. one"_s;
    QTest::newRow("lines") << u"a\n---\nexport const b = 1"_s;
}

void ExchangeNamesTest::proseIsNoMarkup()
{
    QFETCH(QString, text);
    const QString prose = exportProse(text);
    for (const QChar c : u"{}<>|`[]()*_\n"_s)
        QVERIFY2(!prose.contains(c), qPrintable(prose));
    QVERIFY2(!prose.startsWith(u"import"_s) && !prose.startsWith(u"export"_s) && !prose.startsWith(u'#') &&
                 !prose.startsWith(u"1."_s),
             qPrintable(prose));
}

void ExchangeNamesTest::indentedJsonSaysTheSame()
{
    const QJsonObject object{{u"a{\"}"_s, QJsonArray{1, QJsonObject(), QJsonArray(), u"x:,\\\u2028\u0085"_s}},
                             {u"b"_s, QJsonObject{{u"c"_s, QJsonValue::Null}}}};
    const QByteArray text = indentedJson(QJsonDocument(object).toJson(QJsonDocument::Compact));
    QCOMPARE(QJsonDocument::fromJson(text).object(), object);
    QVERIFY(text.count('\n') > 6 && !text.contains("\xE2\x80\xA8"));
    QVERIFY(readYamlText(text, u"f.yaml"_s).value);
}

QTEST_GUILESS_MAIN(ExchangeNamesTest)
#include "tst_exchangenames.moc"
