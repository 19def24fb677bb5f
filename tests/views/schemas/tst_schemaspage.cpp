// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/compatibility/schemanews.h"
#include "tests/support/folders.h"
#include "tests/support/manualclock.h"
#include "tests/views/fakedatasource.h"
#include "tests/views/scriptedprompter.h"
#include "views/schemas/schemaspage.h"
#include "views/schemas/schemawords.h"
#include "views/theme/theme.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSlider>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace spillway;
using namespace spillway::views;

namespace {

/// A folder of schemas, judged as the console judges it.
class FolderSource final : public views::SchemaSource
{
public:
    explicit FolderSource(QString folder)
        : m_folder(std::move(folder))
    {
        OwnedEvent event{.eventType = u"order.created"_s, .producer = {.team = u"order-team"_s}};
        event.consumers = {{.team = u"payment-team"_s, .service = u"payment-service"_s, .fields = {u"customer_id"_s}},
                           {.team = u"search-team"_s, .service = u"search-index"_s},
                           {.team = u"mail-team"_s, .service = u"mail-service"_s, .fields = {u"note"_s}}};
        GovernanceRules rules;
        rules.schemaChangeNoticeDays = 7;
        m_catalog = Catalog({event}, {}, rules);
    }
    Result<SchemaSheet> schemas(std::stop_token) override
    {
        if (failure)
            return tl::unexpected(*failure);
        SchemaSheet sheet = schemaSheetOf(m_folder, options());
        applySchemaAcks(acks, sheet.impact);
        sheet.notices = noticesOf(sheet.impact, toldTimesOf(outbox), sheet.today);
        return sheet;
    }
    Result<SchemaStep> schemaStep(const QString& event, int from, int to, std::stop_token) override
    {
        auto step = schemaStepOf(m_folder, event, from, to, options());
        if (step) {
            std::vector<EventImpact> impact{step->impact};
            applySchemaAcks(acks, impact);
            step->impact = impact.front();
            step->notice = noticeOf(step->impact, toldTimesOf(outbox), QDate(2026, 11, 26));
        }
        return step;
    }
    Result<bool> acknowledge(const SchemaAck& ack, std::stop_token) override
    {
        const auto draft = schemaAckDraft(ack, m_catalog, SchemaFolder(m_folder)); // as the console makes it
        if (!draft)
            return tl::unexpected(draft.error());
        acks.push_back(ack);
        acks.back().actor = u"kim"_s;
        acks.back().at = now;
        return true;
    }
    Result<NotifyPreview> previewNews(const QString& event, int version, std::stop_token) override
    {
        if (targets.empty())
            return fail(ErrorCode::InvalidConfig, u"the workspace does not say whom to tell; add notify:"_s);
        const auto news = schemaNews(SchemaFolder(m_folder), m_catalog, event, version, QDate(2026, 11, 26));
        if (!news)
            return tl::unexpected(news.error());
        AddressedNews addressed = addressNews(*news, targets);
        NotifyPreview preview{std::move(addressed.messages), {}, std::move(addressed.unreached), {}};
        preview.digest = notifyDigest(preview.messages);
        return preview;
    }
    Result<std::vector<Notification>> sendNews(const QString& event, int version, const QString& digest,
                                               std::stop_token stop) override
    {
        const auto preview = previewNews(event, version, stop);
        if (!preview || preview->digest != digest)
            return fail(ErrorCode::Conflict, u"not what was seen"_s);
        std::vector<Notification> sent;
        for (const NotifyMessage& message : preview->messages) {
            Notification one;
            one.message = message;
            one.state = message.team == refuses ? NotifyState::Failed : NotifyState::Delivered;
            one.detail = message.team == refuses ? u"the target refused it: 410"_s : QString();
            one.attempts = 1;
            one.queuedAt = now;
            one.settledAt = now;
            outbox.push_back(one);
            sent.push_back(one);
        }
        return sent;
    }
    Result<std::vector<Notification>> news(std::stop_token) override { return outbox; }
    Result<std::vector<Notification>> retryNews(const QString& id, std::stop_token) override
    {
        std::vector<Notification> sent;
        for (Notification& one : outbox) {
            if (one.message.id != id)
                continue;
            one.state = NotifyState::Delivered;
            one.attempts = 2;
            sent.push_back(one);
        }
        return sent;
    }
    QStringList registries() const override { return registryNames; }
    Result<RegistryPicture> compareRegistry(const QString& registry, std::stop_token) override
    {
        ++registryAsked;
        if (registryFailure)
            return tl::unexpected(*registryFailure);
        return RegistryPicture{.registry = registry,
                               .rows = spillway::compareRegistry(SchemaFolder(m_folder), m_catalog, registered)};
    }
    Result<RegistryTexts> registryTexts(const QString&, const RegistryDifference& row, std::stop_token) override
    {
        RegistryTexts texts;
        if (!row.file.isEmpty())
            texts.file = SchemaFolder(m_folder).read(row.file);
        for (const RegistrySchema& schema : registered) {
            if (schema.subject == row.subject && schema.version == row.registryVersion)
                texts.registered = schema.text;
        }
        return texts;
    }
    // Set before the screen asks, looked at once it is settled.
    std::optional<Error> failure;
    std::optional<Error> registryFailure;
    QStringList registryNames;
    std::vector<RegistrySchema> registered;
    int registryAsked = 0;
    std::vector<NotifyTarget> targets;
    QString refuses; // a team whose messages fail
    std::vector<Notification> outbox;
    std::vector<SchemaAck> acks;
    UtcTime now{Millis(1'795'692'000'000)}; // 2026-11-26

private:
    [[nodiscard]] CompatibilityOptions options() const { return {.catalog = &m_catalog, .today = QDate(2026, 11, 26)}; }
    QString m_folder;
    Catalog m_catalog;
};

} // namespace

class TstSchemasPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void worstFirst();
    void twoVersionsSideBySide();
    void theSliderChoosesTheStep();
    void anEventByName();
    void oneVersionHasNothingToCompare();
    void nothingThere();
    void couldNotBeHad();
    void whatDoesNotRead();
    void aDocumentWithItsBytes();
    void aConsumerAcknowledges();
    void theTeamsAreTold();
    void nobodyToTell();
    void theCalendarIsExported();
    void aRegistryBesideTheFolder();
    void aRegistryThatDoesNotAnswer();
    void noRegistry();
    void pictures();

private:
    void write(const QString& path, const QByteArray& text) const
    {
        const QString whole = m_dir->filePath(path);
        QDir().mkpath(QFileInfo(whole).path());
        QFile file(whole);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    void build()
    {
        m_source = std::make_unique<FolderSource>(m_dir->path());
        m_page = std::make_unique<SchemasPage>(ViewContext{*m_data, *m_settings, m_prompter}, *m_source);
        m_page->resize(1300, 820);
        m_page->show();
    }
    void load()
    {
        build();
        m_page->refresh();
        QTRY_VERIFY(m_page->isSettled());
    }
    template<typename T>
    T* part(const QString& name) const
    {
        T* found = m_page->findChild<T*>(name);
        if (!found)
            qFatal("no %s", qPrintable(name));
        return found;
    }
    [[nodiscard]] QStringList rows(const QString& table, int column) const
    {
        QStringList texts;
        const QAbstractItemModel* model = part<TableView>(table)->model();
        for (int row = 0; row < model->rowCount(); ++row)
            texts.append(model->index(row, column).data().toString());
        return texts;
    }

    [[nodiscard]] QStringList marks(const QString& table, int column) const
    {
        QStringList words;
        const QAbstractItemModel* model = part<TableView>(table)->model();
        for (int row = 0; row < model->rowCount(); ++row)
            words.append(model->index(row, column).data(MarkRole).value<CellMark>().word);
        return words;
    }
    void settle() { QTRY_VERIFY(m_page->isSettled()); }
    NotifyTarget hub() const
    {
        NotifyTarget target;
        target.name = u"hub"_s;
        target.kind = NotifyTarget::Kind::Webhook;
        return target;
    }

    test::ManualClock m_clock;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<test::FakeDataSource> m_data;
    std::unique_ptr<ViewSettings> m_settings;
    test::ScriptedPrompter m_prompter;
    std::unique_ptr<FolderSource> m_source;
    std::unique_ptr<SchemasPage> m_page;
};

void TstSchemasPage::initTestCase()
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(u"spillway-test"_s);
    QCoreApplication::setApplicationName(u"tst_schemaspage"_s);
    m_theme = std::make_unique<Theme>(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    m_theme->setMode(Theme::Mode::Light);
}

void TstSchemasPage::init()
{
    QSettings().clear();
    m_dir = std::make_unique<QTemporaryDir>();
    m_data = std::make_unique<test::FakeDataSource>(m_clock.now());
    m_settings = std::make_unique<ViewSettings>(m_clock);
    write(u"order/order.created.v1.json"_s, R"({
  "type": "object",
  "properties": {
    "customer_id": {"type": "string"}
  }
})");
    write(u"order/order.created.v2.json"_s, R"({
  "type": "object",
  "properties": {
    "customer_id": {"type": "string"},
    "note": {"type": "string"}
  }
})");
    write(u"order/order.created.v3.json"_s, R"({
  "type": "object",
  "properties": {
    "customer_id": {"type": "integer"},
    "note": {"type": "string"}
  }
})");
    write(u"audit/audit.written.v1.avsc"_s, R"({"type": "record", "name": "A", "fields": []})");
    write(u"audit/audit.written.v2.avsc"_s,
          R"({"type": "record", "name": "A", "fields": [{"name": "x", "type": "int", "default": 1}]})");
    write(u"user/user.left.v1.json"_s, R"({"type": "object"})");
}

void TstSchemasPage::cleanup()
{
    m_page.reset();
    waitForLoads();
}

void TstSchemasPage::worstFirst()
{
    load();
    QCOMPARE(m_page->headlineText(), u"1 of 3 events breaks with its newest version: order.created"_s);
    QCOMPARE(rows(u"schemaEvents"_s, 0), (QStringList{u"order.created"_s, u"audit.written"_s, u"user.left"_s}));
    QCOMPARE(rows(u"schemaEvents"_s, 1), (QStringList{u"v1–v3"_s, u"v1–v2"_s, u"v1"_s}));
    const QAbstractItemModel* model = part<TableView>(u"schemaEvents"_s)->model();
    QStringList words;
    for (int row = 0; row < model->rowCount(); ++row)
        words.append(model->index(row, 3).data(MarkRole).value<CellMark>().word);
    QCOMPARE(words, (QStringList{u"1 break"_s, u"compatible"_s, u"one version"_s}));
}

void TstSchemasPage::twoVersionsSideBySide()
{
    load();
    QCOMPARE(part<PlainTextLabel>(u"schemaName"_s)->fullText(), u"order.created"_s);
    QVERIFY(part<QPlainTextEdit>(u"oldSchema"_s)->toPlainText().contains(u"\"customer_id\": {\"type\": \"string\"}"));
    QVERIFY(part<QPlainTextEdit>(u"newSchema"_s)->toPlainText().contains(u"\"customer_id\": {\"type\": \"integer\"}"));
    QCOMPARE(part<TableView>(u"schemaChanges"_s)->model()->rowCount(), 1);
    // The changed line is marked on both sides.
    for (const QString& side : {u"oldSchema"_s, u"newSchema"_s}) {
        const auto marks = part<QPlainTextEdit>(side)->extraSelections();
        QCOMPARE(marks.size(), 1);
        QCOMPARE(marks.first().cursor.blockNumber() + 1, 4);
    }
    QCOMPARE(part<PlainTextLabel>(u"schemaExampleMeaning"_s)->fullText(), u"v2 accepts this and v3 refuses it"_s);
    const QString example = part<QPlainTextEdit>(u"schemaExample"_s)->toPlainText();
    QVERIFY2(example.startsWith(u"{\"customer_id\":"), qPrintable(example));
    part<QPushButton>(u"copyExample"_s)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), example);
    QVERIFY(!part<QPushButton>(u"copyExampleBytes"_s)->isVisible());
    QCOMPARE(rows(u"schemaConsumers"_s, 0), (QStringList{u"payment-service"_s, u"search-index"_s, u"mail-service"_s}));
    QCOMPARE(rows(u"schemaConsumers"_s, 2),
             (QStringList{u"reads customer_id"_s, u"may read any field"_s, u"reads none of the fields that break"_s}));
    QCOMPARE(rows(u"schemaConsumers"_s, 3), (QStringList{u"not yet"_s, u"not yet"_s, u"not needed"_s}));
    QCOMPARE(marks(u"schemaConsumers"_s, 4), (QStringList{u"breaks"_s, u"breaks"_s, u"fine"_s}));
    const QString impact = part<PlainTextLabel>(u"schemaImpact"_s)->fullText();
    QVERIFY2(impact.contains(u"Breaks 2 of 3 consumers. Told today, it may come on 2026-12-03: 7 days' notice."),
             qPrintable(impact));
    QCOMPARE(rows(u"schemaPolicies"_s, 0),
             (QStringList{u"confluent-strict"_s, u"confluent-lenient"_s, u"optional-friendly"_s, u"seed"_s}));
}

void TstSchemasPage::theSliderChoosesTheStep()
{
    load();
    auto* slider = part<QSlider>(u"toVersion"_s);
    QCOMPARE(slider->value(), 2); // v3
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Left);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(part<PlainTextLabel>(u"toVersionText"_s)->fullText(), u"v2"_s);
    QCOMPARE(part<QComboBox>(u"fromVersion"_s)->currentText(), u"v1"_s);
    QVERIFY(!part<QPlainTextEdit>(u"oldSchema"_s)->toPlainText().contains(u"note"));
    slider->setValue(2);
    part<QComboBox>(u"fromVersion"_s)->setCurrentIndex(0); // v1 to v3
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!part<QPlainTextEdit>(u"oldSchema"_s)->toPlainText().contains(u"note"));
    QVERIFY(part<QPlainTextEdit>(u"newSchema"_s)->toPlainText().contains(u"integer"));
    QVERIFY(part<TableView>(u"schemaChanges"_s)->model()->rowCount() >= 2);
}

void TstSchemasPage::anEventByName()
{
    build();
    m_page->open(u"audit.written"_s);
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(part<PlainTextLabel>(u"schemaName"_s)->fullText(), u"audit.written"_s);
    QVERIFY(part<PlainTextLabel>(u"schemaMeaning"_s)->fullText().startsWith(u"Avro · v1–v2"));
    QCOMPARE(rows(u"schemaPolicies"_s, 0), QStringList{u"Avro"_s});
}

void TstSchemasPage::oneVersionHasNothingToCompare()
{
    build();
    m_page->open(u"user.left"_s);
    QTRY_VERIFY(m_page->isSettled());
    QVERIFY(!part<QSlider>(u"toVersion"_s)->isVisible());
    QVERIFY(part<PlainTextLabel>(u"schemaMeaning"_s)->isVisible());
}

void TstSchemasPage::nothingThere()
{
    m_dir = std::make_unique<QTemporaryDir>();
    load();
    QCOMPARE(m_page->statePane().state(), StatePane::State::Empty);
    QVERIFY(m_page->statePane().stateText().contains(u"spillway.yaml"));
}

void TstSchemasPage::couldNotBeHad()
{
    build();
    m_source->failure = Error{ErrorCode::Unreachable, u"the disk is gone"_s};
    m_page->refresh();
    QTRY_VERIFY(m_page->isSettled());
    QCOMPARE(m_page->statePane().state(), StatePane::State::Failed);
}

void TstSchemasPage::whatDoesNotRead()
{
    write(u"order/order.created.v4.json"_s, "{");
    load();
    QCOMPARE(m_page->headlineText(), u"1 of 3 schemas do not read; until they do, no change is judged"_s);
    const QAbstractItemModel* model = part<TableView>(u"schemaEvents"_s)->model();
    QCOMPARE(model->index(0, 3).data(MarkRole).value<CellMark>().word, u"does not read"_s);
    QVERIFY(part<PlainTextLabel>(u"schemaMeaning"_s)->fullText().contains(u"order.created.v4.json:1:"));
}

void TstSchemasPage::aDocumentWithItsBytes()
{
    write(u"order/order.paid.v1.proto"_s, "syntax = \"proto3\";\nmessage Paid { int32 cents = 1; }\n");
    write(u"order/order.paid.v2.proto"_s, "syntax = \"proto3\";\nmessage Paid { sint32 cents = 1; }\n");
    build();
    m_page->open(u"order.paid"_s);
    settle();
    QCOMPARE(part<PlainTextLabel>(u"schemaExampleMeaning"_s)->fullText(),
             u"v1 writes this and v2 misreads it: cents reads as another value"_s);
    QCOMPARE(part<QPlainTextEdit>(u"schemaExample"_s)->toPlainText(),
             u"{\"cents\":1}\nread as {\"cents\":-1}\nbytes of Paid: 0801"_s);
    part<QPushButton>(u"copyExampleBytes"_s)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), u"0801"_s);
    part<QPushButton>(u"copyExample"_s)->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), u"{\"cents\":1}"_s);
}

void TstSchemasPage::aConsumerAcknowledges()
{
    load();
    part<TableView>(u"schemaConsumers"_s)->selectRow(0);
    QCOMPARE(part<QPushButton>(u"acknowledge"_s)->text(), u"Acknowledge for payment-service…"_s);
    // Whoever changes their mind leaves no trace.
    m_prompter.given.isAccepted = false;
    part<QPushButton>(u"acknowledge"_s)->click();
    settle();
    QVERIFY(m_source->acks.empty());
    m_prompter.given.isAccepted = true;
    m_prompter.given.reason = u"reads both fields since 2.4"_s;
    part<QPushButton>(u"acknowledge"_s)->click();
    settle();
    QCOMPARE(m_source->acks.size(), 1U);
    QCOMPARE(m_source->acks.front().consumer, u"payment-service"_s);
    QCOMPARE(m_source->acks.front().version, 3);
    QCOMPARE(m_source->acks.front().note, u"reads both fields since 2.4"_s);
    QCOMPARE(m_prompter.asked.back().commandLine,
             u"spillwayctl schema ack order.created 3 --consumer payment-service"_s);
    // Who is still to be heard stands first now.
    QCOMPARE(rows(u"schemaConsumers"_s, 0), (QStringList{u"search-index"_s, u"payment-service"_s, u"mail-service"_s}));
    QVERIFY(rows(u"schemaConsumers"_s, 3)[1].startsWith(u"kim, "));
    QCOMPARE(marks(u"schemaConsumers"_s, 4), (QStringList{u"breaks"_s, u"breaks, ready"_s, u"fine"_s}));
    QCOMPARE(rows(u"schemaNotices"_s, 3), QStringList{u"search-index"_s});
}

void TstSchemasPage::theTeamsAreTold()
{
    build();
    m_source->targets = {hub()};
    m_source->refuses = u"search-team"_s;
    m_page->refresh();
    settle();
    part<QPushButton>(u"tellTeams"_s)->click();
    settle();
    QCOMPARE(part<QTabWidget>(u"schemasTabs"_s)->currentIndex(), 1);
    QCOMPARE(rows(u"schemaNotices"_s, 0), QStringList{u"order.created  v2 to v3"_s});
    QCOMPARE(rows(u"schemaNotices"_s, 2), QStringList{u"2026-12-03 if told today"_s});
    QCOMPARE(marks(u"schemaNotices"_s, 4), QStringList{u"not told"_s});
    QCOMPARE(rows(u"schemaMessages"_s, 0), (QStringList{u"payment-team"_s, u"search-team"_s, u"mail-team"_s}));
    QVERIFY(part<QPlainTextEdit>(u"messageText"_s)->toPlainText().contains(u"Breaks payment-service: "));
    auto* send = part<QPushButton>(u"sendNews"_s);
    QCOMPARE(send->text(), u"Send 3 messages…"_s);
    send->click();
    settle();
    QVERIFY(m_prompter.asked.back().commandLine.startsWith(
        u"spillwayctl notify send schema order.created --version 3 --digest "));
    QCOMPARE(marks(u"schemaMessages"_s, 3), (QStringList{u"delivered"_s, u"failed"_s, u"delivered"_s}));
    QVERIFY(rows(u"schemaMessages"_s, 2)[1].contains(u"the target refused it: 410"));
    QVERIFY(!send->isEnabled());
    QCOMPARE(marks(u"schemaNotices"_s, 4), QStringList{u"not told"_s}); // one team still is not
    // What failed can be sent again; what was delivered cannot.
    auto* retry = part<QPushButton>(u"retryNews"_s);
    QVERIFY(!retry->isEnabled());
    part<TableView>(u"schemaMessages"_s)->selectRow(1);
    QVERIFY(retry->isEnabled());
    retry->click();
    settle();
    QCOMPARE(marks(u"schemaMessages"_s, 3), (QStringList{u"delivered"_s, u"delivered"_s, u"delivered"_s}));
    QCOMPARE(rows(u"schemaNotices"_s, 2), QStringList{u"2026-12-03, in 7 days"_s});
    QCOMPARE(marks(u"schemaNotices"_s, 4), QStringList{u"waiting"_s});
    QVERIFY(part<PlainTextLabel>(u"schemaImpact"_s)
                ->fullText()
                .contains(u"Its teams are told; it may come on 2026-12-03."));
    QVERIFY(m_page->leave());
    QCOMPARE(part<QTabWidget>(u"schemasTabs"_s)->currentIndex(), 0);
    QVERIFY(!m_page->leave());
}

void TstSchemasPage::nobodyToTell()
{
    load();
    m_page->open(u"notices"_s);
    settle();
    QVERIFY(part<PlainTextLabel>(u"noticeNote"_s)->fullText().contains(u"add notify:"));
    QVERIFY(!part<QPushButton>(u"sendNews"_s)->isEnabled());
    // Nothing breaks: the calendar says so.
    QVERIFY(QFile::remove(m_dir->filePath(u"order/order.created.v3.json"_s)));
    m_page->refresh();
    settle();
    QVERIFY(part<PlainTextLabel>(u"noNotices"_s)->isVisible());
    QVERIFY(!part<TableView>(u"schemaNotices"_s)->isVisible());
}

void TstSchemasPage::theCalendarIsExported()
{
    load();
    m_page->open(u"notices"_s);
    m_prompter.file = m_dir->filePath(u"notices.ics"_s);
    part<QPushButton>(u"exportCalendar"_s)->click();
    QFile file(m_prompter.file);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray calendar = file.readAll();
    QVERIFY(calendar.startsWith("BEGIN:VCALENDAR\r\n"));
    QVERIFY(calendar.contains("DTSTART;VALUE=DATE:20261203\r\n"));
}

void TstSchemasPage::aRegistryBesideTheFolder()
{
    build();
    m_source->registryNames = {u"main"_s};
    const auto put = [this](const QString& subject, int version, const QByteArray& text) {
        RegistrySchema schema;
        schema.subject = subject;
        schema.version = version;
        schema.id = version;
        schema.language = SchemaLanguage::JsonSchema;
        schema.text = text;
        m_source->registered.push_back(schema);
    };
    put(u"order.created"_s, 1, R"({"properties":{"customer_id":{"type":"string"}},"type":"object"})");
    put(u"order.created"_s, 2,
        R"({"properties":{"customer_id":{"type":"string"},"note":{"type":"integer"}},"type":"object"})");
    put(u"stranger"_s, 1, R"({"type":"object"})");
    m_page->refresh();
    settle();
    QCOMPARE(m_source->registryAsked, 0); // only when somebody looks
    m_page->open(u"registries"_s);
    settle();
    QCOMPARE(m_source->registryAsked, 1);
    const QString summary = part<PlainTextLabel>(u"registrySummary"_s)->fullText();
    QVERIFY2(summary.startsWith(u"1 differ · "), qPrintable(summary));
    QStringList words = marks(u"registryRows"_s, 5);
    QVERIFY(words.contains(u"differs"_s) && words.contains(u"only in the folder"_s) &&
            words.contains(u"no such event"_s) && words.contains(u"not registered"_s));
    QVERIFY(!words.contains(u"same"_s));
    part<QCheckBox>(u"showSame"_s)->click();
    settle();
    words = marks(u"registryRows"_s, 5);
    QVERIFY(words.contains(u"same"_s));
    part<TableView>(u"registryRows"_s)->selectRow(int(words.indexOf(u"differs"_s)));
    settle();
    const QString diff = part<QPlainTextEdit>(u"registryDiff"_s)->toPlainText();
    QVERIFY2(diff.contains(u"\n-             \"type\": \"string\"\n+             \"type\": \"integer\"\n"),
             qPrintable(diff));
    QCOMPARE(part<QPlainTextEdit>(u"registryDiff"_s)->extraSelections().size(), 2);
}

void TstSchemasPage::aRegistryThatDoesNotAnswer()
{
    build();
    m_source->registryNames = {u"main"_s, u"other"_s};
    m_source->registryFailure = Error{ErrorCode::Unreachable, u"main does not answer: connection refused"_s};
    m_page->open(u"registries"_s);
    settle();
    const auto* pane = m_page->findChildren<StatePane*>().last();
    for (const StatePane* one : m_page->findChildren<StatePane*>()) {
        if (one->stateText().contains(u"main could not be read"))
            pane = one;
    }
    QCOMPARE(pane->state(), StatePane::State::Failed);
    QVERIFY2(pane->stateText().contains(u"connection refused"), qPrintable(pane->stateText()));
    // The rest of the screen lives on, and the registry is asked again when somebody wants it.
    QCOMPARE(rows(u"schemaEvents"_s, 0).size(), 3);
    m_source->registryFailure.reset();
    part<QPushButton>(u"compareRegistry"_s)->click();
    settle();
    QCOMPARE(pane->state(), StatePane::State::Content);
    part<QComboBox>(u"registry"_s)->setCurrentIndex(1);
    settle();
    QCOMPARE(m_source->registryAsked, 3);
}

void TstSchemasPage::noRegistry()
{
    load();
    m_page->open(u"registries"_s);
    settle();
    QCOMPARE(m_source->registryAsked, 0);
    bool isSaid = false;
    for (const StatePane* one : m_page->findChildren<StatePane*>())
        isSaid = isSaid || one->stateText().contains(u"names no schema registry");
    QVERIFY(isSaid);
}

/// For people to look at, in the build's folder `screens`.
void TstSchemasPage::pictures()
{
    const QDir folder(test::buildFile(u"screens"_s));
    QVERIFY(folder.mkpath(u"."_s));
    build();
    m_source->targets = {hub()};
    m_source->refuses = u"search-team"_s;
    m_source->registryNames = {u"main"_s};
    RegistrySchema schema;
    schema.subject = u"order.created"_s;
    schema.version = 2;
    schema.id = 7;
    schema.language = SchemaLanguage::JsonSchema;
    schema.text = R"({"properties":{"customer_id":{"type":"string"},"note":{"type":"integer"}},"type":"object"})";
    m_source->registered = {schema};
    m_page->refresh();
    settle();
    part<QPushButton>(u"acknowledge"_s)->click();
    settle();
    part<QPushButton>(u"tellTeams"_s)->click();
    settle();
    part<QPushButton>(u"sendNews"_s)->click();
    settle();
    for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
        m_theme->setMode(mode);
        const QString suffix = mode == Theme::Mode::Dark ? u"-dark.png"_s : u"-light.png"_s;
        for (const auto& [tab, name] :
             {std::pair(0, u"schemas"_s), std::pair(1, u"schemas-notices"_s), std::pair(2, u"schemas-registries"_s)}) {
            part<QTabWidget>(u"schemasTabs"_s)->setCurrentIndex(tab);
            settle();
            for (const QString& pane :
                 {u"oldSchema"_s, u"newSchema"_s}) { // the chosen line, in the colours that are now
                const QList<QTextEdit::ExtraSelection> marks = part<QPlainTextEdit>(pane)->extraSelections();
                QVERIFY(!marks.isEmpty());
                QCOMPARE(marks.front().format.background().color(), tokensFor(m_page->palette()).selection);
            }
            QVERIFY(m_page->grab().save(folder.filePath(name + suffix)));
        }
    }
    m_theme->setMode(Theme::Mode::Light);
}

QTEST_MAIN(TstSchemasPage)
#include "tst_schemaspage.moc"
