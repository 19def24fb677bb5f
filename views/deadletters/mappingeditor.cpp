// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/mappingeditor.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/shell/viewsettings.h"
#include "views/shell/workbar.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"

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

enum FieldColumn { NameColumn, FromColumn, WhatColumn, FieldColumns };
enum Source { NotMapped, FromHeader, FromPayload, FromConstant };

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
                                                   {u"dead_lettered_at"_s, MappingEditor::tr("Set aside at")}};
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

} // namespace

MappingEditor::MappingEditor(DataSource& source, const ViewSettings& settings, const QString& connection,
                             const QString& channel, QWidget* parent)
    : QDialog(parent)
    , m_data(source)
    , m_connection(connection)
    , m_channel(channel)
    , m_subjectLoad([this](Result<MappingSubject> subject) { showSubject(std::move(subject)); })
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
    setWindowTitle(tr("Map %1").arg(visibleText(channel)));
    resize(980, 760);
    build(settings);
    say(tr("Reading the newest letters"));
    m_subjectLoad.ask([&data = m_data, connection, channel](std::stop_token stop) {
        return data.mappingSubject(connection, channel, stop);
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
                              "Below is what the newest letters then say."),
                           TextSize::Body, PlainTextLabel::Ink::Muted, this);
    why->setWordWrap(true);
    layout->addWidget(why);
    layout->addWidget(buildFields(), 5);
    m_preview = new QTableWidget(this);
    m_preview->setObjectName(u"mappingPreview"_s);
    m_preview->setAccessibleName(tr("What the newest letters say"));
    makeCalm(*m_preview);
    layout->addWidget(m_preview, 3);
    m_yaml = new QPlainTextEdit(this);
    m_yaml->setObjectName(u"mappingYaml"_s);
    m_yaml->setAccessibleName(tr("Lines for spillway.yaml"));
    m_yaml->setReadOnly(true);
    m_yaml->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    layout->addWidget(m_yaml, 2);
    m_note = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_note->setObjectName(u"mappingNote"_s);
    m_note->setWordWrap(true);
    layout->addWidget(m_note);
    m_work = new WorkBar(settings, this);
    connect(m_work, &WorkBar::cancelAsked, this, &MappingEditor::stopReread);
    layout->addWidget(m_work);
    layout->addWidget(buildButtons());
}

QWidget* MappingEditor::buildFields()
{
    const QStringList names = mappingFieldNames();
    m_fields = new QTableWidget(static_cast<int>(names.size()), FieldColumns, this);
    m_fields->setObjectName(u"mappingFields"_s);
    m_fields->setAccessibleName(tr("Fields and where they stand"));
    m_fields->setHorizontalHeaderLabels({tr("Field"), tr("From"), tr("Which")});
    makeCalm(*m_fields);
    m_fields->horizontalHeader()->setSectionResizeMode(WhatColumn, QHeaderView::Stretch);
    m_fields->setSelectionMode(QAbstractItemView::NoSelection);
    m_fields->setFocusPolicy(Qt::NoFocus); // Tab goes through what one chooses from
    for (int i = 0; i < names.size(); ++i) {
        auto* title = new QTableWidgetItem(fieldTitle(names[i]));
        m_fields->setItem(i, NameColumn, title);
        FieldRow row{.field = names[i], .from = new QComboBox(m_fields), .what = new QComboBox(m_fields)};
        row.from->setObjectName(u"from-"_s + names[i]);
        row.from->setAccessibleName(tr("%1: from").arg(title->text()));
        row.from->addItems({tr("not mapped"), tr("header"), tr("payload"), tr("constant")});
        row.what->setObjectName(u"what-"_s + names[i]);
        row.what->setAccessibleName(tr("%1: which").arg(title->text()));
        row.what->setEditable(true);
        row.what->setInsertPolicy(QComboBox::NoInsert);
        row.what->setEnabled(false);
        m_fields->setCellWidget(i, FromColumn, row.from);
        m_fields->setCellWidget(i, WhatColumn, row.what);
        m_rows.push_back(row);
        connect(row.from, &QComboBox::currentIndexChanged, this, [this, row] {
            offer(row);
            showPreview();
        });
        connect(row.what, &QComboBox::editTextChanged, this, &MappingEditor::showPreview);
    }
    m_fields->setColumnWidth(NameColumn, 170);
    m_fields->setColumnWidth(FromColumn, 140);
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
    buttons->addStretch(1);
    auto* close = button(tr("Close"), u"closeMapping"_s);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    for (QPushButton* each : {m_copy, m_save, m_reread})
        each->setEnabled(false);
    return bar;
}

void MappingEditor::showSubject(Result<MappingSubject> subject)
{
    if (!subject) {
        say(failureSentence(subject.error()));
        return;
    }
    m_subject = std::move(*subject);
    for (const FieldRow& row : m_rows) {
        if (const auto known = m_subject.mapping.find(row.field); known != m_subject.mapping.end()) {
            row.from->setCurrentIndex(sourceOf(known->second.from));
            row.what->setEditText(known->second.text);
        }
    }
    m_fields->setEnabled(true);
    say(m_subject.letters.empty() ? tr("No letter of this topic is stored yet")
                                  : tr("The newest %1 are shown").arg(lettersText(std::ssize(m_subject.letters))));
    showPreview();
}

void MappingEditor::offer(const FieldRow& row) const
{
    const auto from = fromOf(row.from->currentIndex());
    const QString typed = row.what->currentText();
    const QSignalBlocker quiet(row.what);
    row.what->clear();
    row.what->setEnabled(from.has_value());
    if (from && *from != FieldSource::From::Constant) {
        for (const MappingCandidate& candidate : m_subject.candidates) {
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
    // Written by hand, and no field of a letter: it stays.
    if (const auto payload = m_subject.mapping.find(payloadField); payload != m_subject.mapping.end())
        mapping.insert(*payload);
    for (const FieldRow& row : m_rows) {
        const auto from = fromOf(row.from->currentIndex());
        if (from && !row.what->currentText().isEmpty())
            mapping[row.field] = {*from, row.what->currentText()};
    }
    return mapping;
}

void MappingEditor::showPreview()
{
    m_edit.reset();
    m_save->setText(tr("Show the change…"));
    const DeadLetterMapping chosen = mapping();
    const QStringList names = mappingFieldNames();
    QList<int> shown;
    for (int i = 0; i < names.size(); ++i) {
        if (chosen.contains(names[i]))
            shown += i;
    }
    const auto rows = previewMapping(m_subject.letters, chosen);
    m_preview->clear();
    m_preview->setRowCount(static_cast<int>(rows.size()));
    m_preview->setColumnCount(static_cast<int>(shown.size()) + 1);
    QStringList titles{tr("Letter")};
    for (const int field : shown)
        titles += fieldTitle(names[field]);
    m_preview->setHorizontalHeaderLabels(titles);
    for (int i = 0; i < m_preview->rowCount(); ++i) {
        const MappingPreviewRow& row = rows[static_cast<std::size_t>(i)];
        m_preview->setItem(i, 0, new QTableWidgetItem(row.letter));
        for (int c = 0; c < shown.size(); ++c) {
            const auto& value = row.fields[static_cast<std::size_t>(shown[c])];
            auto* item = new QTableWidgetItem(value.value_or(tr("not told")));
            QFont font = item->font();
            font.setItalic(!value);
            item->setFont(font);
            m_preview->setItem(i, c + 1, item);
        }
    }
    m_preview->resizeColumnsToContents();
    for (int column = 0; column < m_preview->columnCount(); ++column)
        m_preview->setColumnWidth(column, std::min(m_preview->columnWidth(column), widestCell));
    m_yaml->setPlainText(chosen.empty() ? QString() : mappingYaml(chosen, 0));
    m_copy->setEnabled(!chosen.empty());
    m_save->setEnabled(!chosen.empty());
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
