// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/mappingeditor.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/shell/viewsettings.h"
#include "views/shell/workbar.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/statepane.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int widestCell = 260; // of the preview; its cells are glances
constexpr QSize largestSheet(1360, 840);
constexpr int roomAround = 60; // of the window behind

enum FieldColumn { NameColumn, FromColumn, WhatColumn, FieldColumns };
enum Source { NotMapped, FromHeader, FromPayload, FromConstant };
enum Inner { WholePayload, InnerJson, InnerText, InnerBase64 };

QString fieldTitle(const QString& field)
{
    static const std::map<QString, QString> titles{{u"error_class"_s, MappingEditor::tr("Error class")},
                                                   {u"error_message"_s, MappingEditor::tr("Error message")},
                                                   {u"stack"_s, MappingEditor::tr("Stack trace")},
                                                   {u"origin_topic"_s, MappingEditor::tr("Origin topic")},
                                                   {u"origin_partition"_s, MappingEditor::tr("Origin partition")},
                                                   {u"origin_offset"_s, MappingEditor::tr("Origin offset")},
                                                   {u"origin_timestamp"_s, MappingEditor::tr("Origin timestamp")},
                                                   {u"consumer"_s, MappingEditor::tr("Consumer")},
                                                   {u"consumer_group"_s, MappingEditor::tr("Consumer group")},
                                                   {u"event_type"_s, MappingEditor::tr("Event type")},
                                                   {u"attempts"_s, MappingEditor::tr("Deliveries")},
                                                   {u"dead_lettered_at"_s, MappingEditor::tr("Set aside at")},
                                                   {payloadField, MappingEditor::tr("Payload to replay")}};
    const auto found = titles.find(field);
    return found == titles.end() ? field : found->second;
}

/// A table that is there to be read and typed into, not to be moved about in.
void makeCalm(QTableWidget& table)
{
    table.verticalHeader()->hide();
    table.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table.horizontalHeader()->setHighlightSections(false);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setShowGrid(false);
    table.setWordWrap(false);
}

int sourceOf(FieldSource::From from)
{
    switch (from) {
    case FieldSource::From::Header:
        return FromHeader;
    case FieldSource::From::Payload:
        return FromPayload;
    case FieldSource::From::Constant:
        return FromConstant;
    }
    return NotMapped;
}

int innerOf(const FieldSource& source)
{
    return source.as == u"text" ? InnerText : source.as == u"base64" ? InnerBase64 : InnerJson;
}

QString asOf(int inner)
{
    return inner == InnerText ? u"text"_s : inner == InnerBase64 ? u"base64"_s : QString();
}

std::optional<FieldSource::From> fromOf(int source)
{
    switch (source) {
    case FromHeader:
        return FieldSource::From::Header;
    case FromPayload:
        return FieldSource::From::Payload;
    case FromConstant:
        return FieldSource::From::Constant;
    default:
        return std::nullopt;
    }
}

std::optional<FieldSource::From> fromOf(const QString& field, int source)
{
    if (field == payloadField)
        return source == WholePayload ? std::nullopt : std::optional(FieldSource::From::Payload);
    return fromOf(source);
}

QTableWidgetItem* cell(const QString& text, bool isTold)
{
    auto* item = new QTableWidgetItem(text);
    QFont font = item->font();
    font.setItalic(!isTold);
    item->setFont(font);
    return item;
}

} // namespace

MappingEditor::MappingEditor(DataSource& source, const ViewSettings& settings, const DeadLetter& letter,
                             QWidget* parent)
    : QDialog(parent)
    , m_data(source)
    , m_connection(letter.connection)
    , m_channel(letter.record.at.topic)
    , m_letters(std::make_shared<const std::vector<RawRecord>>())
    , m_dialects(source.dialects())
    , m_subjectLoad([this](Result<Subject> subject) { showSubject(std::move(subject)); })
    , m_previewLoad([this](Result<std::vector<MappingPreviewRow>> rows) {
        if (rows)
            showPreview(*rows);
    })
    , m_editLoad([this](Result<MappingEdit> edit) { showEdit(std::move(edit)); })
    , m_saveLoad([this](Result<bool> saved) {
        m_isSaved = saved.has_value();
        m_edit.reset();
        m_save->setText(tr("Show the change…"));
        m_reread->setEnabled(m_isSaved);
        say(saved ? tr("Written to spillway.yaml. Letters that come are read with it from now on; those stored can be "
                       "read again.")
                  : failureSentence(saved.error()));
    })
    , m_rereadLoad([this](Result<RereadReport> report) { showReread(std::move(report)); })
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Map %1").arg(visibleText(m_channel)));
    resize(parent ? (parent->window()->size() - QSize(roomAround, roomAround)).boundedTo(largestSheet) : largestSheet);
    build(settings);
    say(tr("Reading the newest letters"));
    m_subjectLoad.ask([&data = m_data, connection = m_connection, channel = m_channel, id = letter.id,
                       dialects = m_dialects](std::stop_token stop) -> Result<Subject> {
        auto mapped = data.mappingSubject(connection, channel, id, stop);
        if (!mapped)
            return tl::unexpected<Error>(mapped.error());
        auto sure = sureDialects(mapped->letters, *dialects);
        return Subject{std::move(*mapped), std::move(sure)};
    });
}

MappingEditor::~MappingEditor() = default;

void MappingEditor::build(const ViewSettings& settings)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    auto* title =
        new PlainTextLabel(tr("Map the topic %1").arg(m_channel), TextSize::Title, PlainTextLabel::Ink::Text, this);
    title->setFont(uiFont(TextSize::Title, true));
    title->setWordWrap(true);
    layout->addWidget(title);
    auto* why =
        new PlainTextLabel(tr("Where does each fact stand? Choose a header, a place in the payload, or a constant. "
                              "On the right is what letters then say."),
                           TextSize::Body, PlainTextLabel::Ink::Muted, this);
    why->setWordWrap(true);
    layout->addWidget(why);
    auto* panes = new SplitView(u"mapping"_s, Qt::Horizontal, {1, 1}, this);
    auto* choices = new QWidget(panes);
    auto* column = new QVBoxLayout(choices);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(8);
    column->addWidget(buildFields(), 3);
    m_yaml = new QPlainTextEdit(choices);
    m_yaml->setObjectName(u"mappingYaml"_s);
    m_yaml->setAccessibleName(tr("Lines for spillway.yaml"));
    m_yaml->setReadOnly(true);
    m_yaml->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    column->addWidget(m_yaml, 1);
    panes->addWidget(choices);
    panes->addWidget(buildLetters());
    layout->addWidget(panes, 1);
    m_note = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_note->setObjectName(u"mappingNote"_s);
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    m_work = new WorkBar(settings, this);
    connect(m_work, &WorkBar::cancelAsked, this, &MappingEditor::stopReread);
    layout->addWidget(m_work);
    layout->addWidget(buildButtons());
}

/// What letters say, and which of them the mapping is for.
QWidget* MappingEditor::buildLetters()
{
    auto* letters = new QWidget(this);
    auto* layout = new QVBoxLayout(letters);
    layout->setContentsMargins(8, 0, 0, 0);
    layout->setSpacing(8);
    m_preview = new QTableWidget(letters);
    m_preview->setObjectName(u"mappingPreview"_s);
    m_preview->setAccessibleName(tr("What letters say"));
    makeCalm(*m_preview);
    layout->addWidget(m_preview, 1);
    m_sureNote = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, letters);
    m_sureNote->setObjectName(u"mappingSure"_s);
    m_sureNote->setWordWrap(true);
    m_sureNote->hide();
    layout->addWidget(m_sureNote);
    m_takesAll = new QCheckBox(tr("Take &every letter of the topic, also those that a dialect reads"), letters);
    m_takesAll->setObjectName(u"mappingTakesAll"_s);
    m_takesAll->setEnabled(false);
    connect(m_takesAll, &QCheckBox::toggled, this, [this] {
        showSure();
        showChoice();
    });
    layout->addWidget(m_takesAll);
    return letters;
}

MappingEditor::FieldRow MappingEditor::addRow(int place, const QString& field, const QString& title,
                                              const QStringList& sources)
{
    m_fields->setItem(place, NameColumn, new QTableWidgetItem(title));
    FieldRow row{.field = field, .from = new QComboBox(m_fields), .what = new QComboBox(m_fields)};
    row.from->setObjectName(u"from-"_s + field);
    row.from->setAccessibleName(tr("%1: from").arg(title));
    row.from->addItems(sources);
    row.what->setObjectName(u"what-"_s + field);
    row.what->setAccessibleName(tr("%1: which").arg(title));
    row.what->setEditable(true);
    row.what->setInsertPolicy(QComboBox::NoInsert);
    row.what->setEnabled(false);
    m_fields->setCellWidget(place, FromColumn, row.from);
    m_fields->setCellWidget(place, WhatColumn, row.what);
    connect(row.from, &QComboBox::currentIndexChanged, this, [this, row] {
        offer(row);
        showChoice();
    });
    connect(row.what, &QComboBox::editTextChanged, this, &MappingEditor::showChoice);
    return row;
}

QWidget* MappingEditor::buildFields()
{
    const QStringList names = mappingFieldNames();
    const int inner = static_cast<int>(names.size()); // after them
    m_fields = new QTableWidget(inner + 1, FieldColumns, this);
    m_fields->setObjectName(u"mappingFields"_s);
    m_fields->setAccessibleName(tr("Fields and where they stand"));
    m_fields->setHorizontalHeaderLabels({tr("Field"), tr("From"), tr("Which")});
    makeCalm(*m_fields);
    m_fields->horizontalHeader()->setSectionResizeMode(WhatColumn, QHeaderView::Stretch);
    m_fields->setSelectionMode(QAbstractItemView::NoSelection);
    m_fields->setFocusPolicy(Qt::NoFocus); // Tab goes through what one chooses from
    for (int i = 0; i < inner; ++i)
        m_rows.push_back(
            addRow(i, names[i], fieldTitle(names[i]), {tr("not mapped"), tr("header"), tr("payload"), tr("constant")}));
    m_rows.push_back(addRow(inner, payloadField, fieldTitle(payloadField),
                            {tr("the whole payload"), tr("JSON within"), tr("text within"), tr("base64 within")}));
    m_fields->setColumnWidth(NameColumn, 140);
    m_fields->setColumnWidth(FromColumn, 168);
    m_fields->setEnabled(false);
    return m_fields;
}

QWidget* MappingEditor::buildButtons()
{
    auto* bar = new QWidget(this);
    auto* buttons = new QHBoxLayout(bar);
    buttons->setContentsMargins(0, 0, 0, 0);
    const auto button = [&](const QString& text, const QString& name) {
        auto* made = new QPushButton(text, bar);
        made->setObjectName(name);
        made->setAutoDefault(false);
        buttons->addWidget(made);
        return made;
    };
    m_copy = button(tr("Copy the lines"), u"copyMapping"_s);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        copyText(mappingYaml(mapping(), 0));
        say(tr("Copied"));
    });
    m_save = button(tr("Show the change…"), u"saveMapping"_s);
    m_save->setProperty("primary", true);
    connect(m_save, &QPushButton::clicked, this, [this] {
        if (!m_edit) {
            askEdit();
            return;
        }
        m_saveLoad.ask([&data = m_data, edit = *m_edit](std::stop_token stop) -> Result<bool> {
            if (const Status saved = data.saveMapping(edit, stop); !saved)
                return tl::unexpected<Error>(saved.error());
            return true;
        });
    });
    m_reread = button(tr("Read stored letters again"), u"rereadChannel"_s);
    connect(m_reread, &QPushButton::clicked, this, &MappingEditor::askReread);
    buttons->addWidget(new CommandLine(u"spillwayctl dlq reread "_s + shellQuoted(visibleText(m_channel)), bar), 1);
    auto* close = button(tr("Close"), u"closeMapping"_s);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    for (QPushButton* each : {m_copy, m_save, m_reread})
        each->setEnabled(false);
    return bar;
}

void MappingEditor::showSubject(Result<Subject> subject)
{
    if (!subject) {
        say(failureSentence(subject.error()));
        return;
    }
    m_subject = std::move(subject->mapped);
    m_sure = std::move(subject->sure);
    m_letters = std::make_shared<const std::vector<RawRecord>>(m_subject.letters);
    for (const FieldRow& row : m_rows) {
        if (const auto known = m_subject.mapping.find(row.field); known != m_subject.mapping.end()) {
            row.from->setCurrentIndex(row.field == payloadField ? innerOf(known->second)
                                                                : sourceOf(known->second.from));
            row.what->setEditText(known->second.text);
        }
    }
    m_takesAll->setChecked(takesEveryLetter(m_subject.mapping));
    m_takesAll->setEnabled(true);
    m_fields->setEnabled(true);
    say(m_subject.letters.empty()
            ? tr("No letter of this topic is stored yet")
            : tr("%1 are shown: the one that was chosen, then the newest").arg(lettersText(std::ssize(*m_letters))));
    showSure();
    showChoice();
}

/// Letters that need no mapping, and what it would do to them.
void MappingEditor::showSure()
{
    QStringList names;
    int letters = 0;
    for (const auto& [id, count] : m_sure) {
        const Dialect* dialect = m_dialects->dialect(id);
        names += visibleText(dialect ? dialect->name : id);
        letters += count;
    }
    m_sureNote->setVisible(letters > 0);
    const QString whose = names.join(u", "_s);
    const QString counted = formatCount(letters);
    const QString all = formatCount(std::ssize(*m_letters));
    m_sureNote->setTone(m_takesAll->isChecked() ? Tone::Warning : Tone::Neutral);
    m_sureNote->setText(m_takesAll->isChecked()
                            ? tr("%1 of %2 are read by %3 without a mapping. It takes these too: they tell only what "
                                 "it maps.")
                                  .arg(counted, all, whose)
                            : tr("%1 of %2 are read by %3 already and stay so; only consumer and event type follow "
                                 "the mapping.")
                                  .arg(counted, all, whose));
}

void MappingEditor::offer(const FieldRow& row) const
{
    const bool isInner = row.field == payloadField;
    const auto from = fromOf(row.field, row.from->currentIndex());
    const QString typed = row.what->currentText();
    const QSignalBlocker quiet(row.what);
    row.what->clear();
    row.what->setEnabled(from.has_value());
    if (from && *from != FieldSource::From::Constant) {
        for (const MappingCandidate& candidate : isInner ? m_subject.payloads : m_subject.candidates) {
            if (candidate.source.from != *from)
                continue;
            row.what->addItem(candidate.source.text);
            row.what->setItemData(row.what->count() - 1,
                                  plainToolTip(tr("%1 letters, like %2").arg(candidate.letters).arg(candidate.sample)),
                                  Qt::ToolTipRole);
        }
    }
    row.what->setEditText(from ? typed : QString());
}

DeadLetterMapping MappingEditor::mapping() const
{
    DeadLetterMapping mapping;
    for (const FieldRow& row : m_rows) {
        const auto from = fromOf(row.field, row.from->currentIndex());
        if (!from || row.what->currentText().isEmpty())
            continue;
        mapping[row.field] = {*from, row.what->currentText(),
                              row.field == payloadField ? asOf(row.from->currentIndex()) : QString()};
    }
    if (!mapping.empty())
        setTakesEveryLetter(mapping, m_takesAll->isChecked());
    return mapping;
}

/// The lines at once; what letters say as soon as they were read: payloads may be large.
void MappingEditor::showChoice()
{
    m_edit.reset();
    m_save->setText(tr("Show the change…"));
    m_previewed = mapping();
    m_yaml->setPlainText(m_previewed.empty() ? QString() : mappingYaml(m_previewed, 0));
    m_copy->setEnabled(!m_previewed.empty());
    m_save->setEnabled(!m_previewed.empty());
    m_previewLoad.ask([letters = m_letters, chosen = m_previewed,
                       dialects = m_dialects](std::stop_token) -> Result<std::vector<MappingPreviewRow>> {
        return previewMapping(*letters, chosen, *dialects);
    });
}

void MappingEditor::showPreview(const std::vector<MappingPreviewRow>& rows)
{
    const QStringList names = mappingFieldNames();
    QList<int> shown;
    for (int i = 0; i < names.size(); ++i) {
        if (m_previewed.contains(names[i]))
            shown += i;
    }
    const bool showsInner = m_previewed.contains(payloadField);
    QStringList titles{tr("Letter"), tr("Read by")};
    for (const int field : shown)
        titles += fieldTitle(names[field]);
    if (showsInner)
        titles += fieldTitle(payloadField);
    m_preview->clear();
    m_preview->setRowCount(static_cast<int>(rows.size()));
    m_preview->setColumnCount(static_cast<int>(titles.size()));
    m_preview->setHorizontalHeaderLabels(titles);
    for (int i = 0; i < m_preview->rowCount(); ++i) {
        const MappingPreviewRow& row = rows[static_cast<std::size_t>(i)];
        int column = 0;
        m_preview->setItem(i, column++, cell(row.letter, true));
        m_preview->setItem(i, column++, cell(row.readBy.isEmpty() ? tr("this mapping") : row.readBy, true));
        for (const int field : shown) {
            const auto& value = row.fields[static_cast<std::size_t>(field)];
            m_preview->setItem(i, column++, cell(value.value_or(tr("not told")), value.has_value()));
        }
        if (showsInner)
            m_preview->setItem(
                i, column,
                cell(row.payload.value_or(row.payloadFault.isEmpty() ? tr("the whole payload") : row.payloadFault),
                     row.payload.has_value()));
    }
    m_preview->resizeColumnsToContents();
    for (int column = 0; column < m_preview->columnCount(); ++column)
        m_preview->setColumnWidth(column, std::min(m_preview->columnWidth(column), widestCell));
}

void MappingEditor::askEdit()
{
    m_editLoad.ask([&data = m_data, connection = m_connection, channel = m_channel, chosen = mapping()](
                       std::stop_token stop) { return data.mappingEdit(connection, channel, chosen, stop); });
}

void MappingEditor::showEdit(Result<MappingEdit> edit)
{
    if (!edit) {
        say(failureSentence(edit.error()));
        return;
    }
    m_edit = std::move(*edit);
    m_yaml->setPlainText(m_edit->diff);
    m_save->setText(tr("Write to spillway.yaml"));
    say(tr("This is what changes in spillway.yaml; everything else stays as it is"));
}

void MappingEditor::askReread()
{
    const auto progress = m_work->begin(tr("Reading the stored letters again"));
    m_reread->setEnabled(false);
    say({});
    m_rereadLoad.ask([&data = m_data, connection = m_connection, channel = m_channel, progress](std::stop_token stop) {
        return data.rereadChannel(connection, channel, progress.get(), stop);
    });
}

void MappingEditor::showReread(Result<RereadReport> report)
{
    m_work->end();
    m_reread->setEnabled(true);
    say(report ? tr("%1 read again, %2 of them say something else now")
                     .arg(lettersText(report->letters), formatCount(report->changed))
               : failureSentence(report.error()));
    if (report)
        Q_EMIT reread();
}

void MappingEditor::stopReread()
{
    m_rereadLoad.cancel();
    m_work->end();
    m_reread->setEnabled(true);
    say(tr("Stopped. Each letter is read either as before or anew; read again for the rest."));
    Q_EMIT reread();
}

void MappingEditor::say(const QString& text)
{
    m_note->setText(text);
}

} // namespace spillway::views
