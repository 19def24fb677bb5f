// SPDX-License-Identifier: GPL-3.0-or-later
// What `init` writes loads as it is, also with its comments taken away, and no existing file is touched.
#include "model/catalog/catalogfiles.h"
#include "model/workspace/template.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace spillway;
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void put(const QString& path, const QByteArray& content)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
        qFatal("cannot write the test's own file");
}

QString said(const std::vector<FileIssue>& issues)
{
    QStringList lines;
    for (const FileIssue& issue : issues)
        lines += issue.toString();
    return lines.join(u'\n');
}

} // namespace

class TemplateTest final : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void itLoadsWithoutIssues();
    void theExamplesInItsCommentsLoadToo();
    void names_data();
    void names();
    void existingFilesStay();
    void aFolderThatCannotBeMade();

private:
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TemplateTest::itLoadsWithoutIssues()
{
    const QString folder = m_folder->filePath(u"new/acme"_s);
    const auto written = writeTemplate(folder);
    QVERIFY2(written, qPrintable(written ? QString() : written.error().detail));
    QCOMPARE(*written, (QStringList{folder + u"/spillway.yaml"_s, folder + u"/ownership.yaml"_s,
                                    folder + u"/event-catalog.yaml"_s}));
    const LoadedWorkspace loaded = loadWorkspaceAndCatalog(folder);
    QCOMPARE(said(loaded.issues), QString());
    QCOMPARE(loaded.workspace->name, u"acme"_s);
    QCOMPARE(loaded.workspace->environment, Environment::Development);
    QCOMPARE(loaded.workspace->connections.size(), std::size_t{1});
    QCOMPARE(loaded.workspace->connections[0].bootstrapServers, QStringList{u"localhost:9092"_s});
    const QRegularExpression pattern(
        QRegularExpression::anchoredPattern(loaded.workspace->connections[0].deadLetters.at(0).selector.pattern));
    for (const QString& topic : {u"orders.dlq"_s, u"orders-dlq"_s, u"order-events.DLT"_s, u"order-events-dlt"_s})
        QVERIFY2(pattern.match(topic).hasMatch(), qPrintable(topic));
    QVERIFY(!pattern.match(u"orders"_s).hasMatch());
    QVERIFY(loaded.catalog->subscriptions().empty());
}

/// A user takes a # away and expects what stands there to work.
void TemplateTest::theExamplesInItsCommentsLoadToo()
{
    QVERIFY(writeTemplate(m_folder->path()));
    for (const QString& name : {u"ownership.yaml"_s, u"event-catalog.yaml"_s}) {
        QString text = QString::fromUtf8(contentOf(m_folder->filePath(name)));
        text = text.section(u'\n', 1); // the first line is prose
        text.replace(u"events: {}"_s, u"events:"_s).replace(u"catalog: []"_s, u"catalog:"_s);
        text.replace(QRegularExpression(u"^# ?"_s, QRegularExpression::MultilineOption), QString());
        put(m_folder->filePath(name), text.toUtf8());
    }
    QString text = QString::fromUtf8(contentOf(m_folder->filePath(u"spillway.yaml"_s)));
    for (const QString& key :
         {u"client_properties: "_s, u"security:"_s, u"  protocol: "_s, u"  mechanism: "_s, u"  username: "_s,
          u"  password: "_s, u"  - topic: "_s, u"    mapping: "_s, u"      origin_topic: "_s,
          u"      error_message: "_s, u"      consumer: "_s, u"processing_log: "_s, u"sample_interval: "_s,
          u"groups: "_s, u"retention: "_s, u"notify: { severity"_s}) {
        const QRegularExpression commented(u"^( *)# "_s + QRegularExpression::escape(key),
                                           QRegularExpression::MultilineOption);
        QVERIFY2(text.contains(commented), qPrintable(key));
        text.replace(commented, u"\\1"_s + key);
    }
    text.replace(QRegularExpression(u"^# (?=registries:|notify:|rescue:|  )"_s, QRegularExpression::MultilineOption),
                 QString());
    put(m_folder->filePath(u"spillway.yaml"_s), text.toUtf8());
    put(m_folder->filePath(u"client.properties"_s), "client.id=x\n");
    const LoadedWorkspace loaded = loadWorkspaceAndCatalog(m_folder->path());
    QCOMPARE(said(loaded.issues), QString());
    QCOMPARE(loaded.workspace->connections[0].security.username, u"spillway"_s);
    QCOMPARE(loaded.workspace->connections[0].deadLetters.size(), std::size_t{2});
    QCOMPARE(loaded.workspace->connections[0].deadLetters[1].mapping->size(), std::size_t{3});
    QCOMPARE(loaded.workspace->registries.size(), std::size_t{1});
    QCOMPARE(loaded.workspace->notify.size(), std::size_t{2});
    QVERIFY(loaded.workspace->alerts.telling.has_value());
    QVERIFY(!loaded.workspace->rescuesPointers);
    QCOMPARE(loaded.catalog->subscriptions().size(), std::size_t{1});
    QCOMPARE(loaded.catalog->subscriptions()[0].consumer.fields.size(), 2);
    QCOMPARE(loaded.catalog->rules().schemaChangeNoticeDays, 7);
    QCOMPARE(loaded.catalog->events().size(), std::size_t{1});
}

void TemplateTest::names_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("name");
    QTest::newRow("a plain one") << u"acme_2"_s << u"acme_2"_s;
    QTest::newRow("blanks and signs") << u"My: #1 [x]"_s << u"My---1--x-"_s;
    QTest::newRow("a number would not be a text") << u"2026"_s << u"workspace-2026"_s;
    QTest::newRow("letters of another alphabet") << u"заказы"_s << u"workspace------"_s;
    QTest::newRow("a very long one") << QString(100, u'a') << QString(64, u'a');
}

void TemplateTest::names()
{
    QFETCH(QString, folder);
    QVERIFY(writeTemplate(m_folder->filePath(folder)));
    const auto loaded = loadWorkspace(m_folder->filePath(folder));
    QVERIFY2(loaded.value, qPrintable(said(loaded.issues)));
    QTEST(loaded.value->name, "name");
}

void TemplateTest::existingFilesStay()
{
    put(m_folder->filePath(u"ownership.yaml"_s), "mine\n");
    const auto refused = writeTemplate(m_folder->path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Conflict);
    QVERIFY(refused.error().detail.contains(m_folder->filePath(u"ownership.yaml"_s)));
    QCOMPARE(contentOf(m_folder->filePath(u"ownership.yaml"_s)), QByteArray("mine\n"));
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{u"ownership.yaml"_s});
    QVERIFY(QFile::remove(m_folder->filePath(u"ownership.yaml"_s)));
    QVERIFY(writeTemplate(m_folder->path()));
    QCOMPARE(writeTemplate(m_folder->path()).error().code, ErrorCode::Conflict);
}

void TemplateTest::aFolderThatCannotBeMade()
{
    put(m_folder->filePath(u"file"_s), "x");
    const auto refused = writeTemplate(m_folder->filePath(u"file/below"_s));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Unreachable);
}

QTEST_GUILESS_MAIN(TemplateTest)
#include "tst_template.moc"
