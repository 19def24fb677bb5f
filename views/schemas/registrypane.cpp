// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/schemas/registrypane.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/schemas/schemawords.h"
#include "views/theme/fonts.h"
#include "views/theme/tokens.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/splitview.h"
#include "views/widgets/statepane.h"
#include "views/widgets/tableview.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTextBlock>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString versionText(std::optional<int> version)
{
    return version ? u"v%1"_s.arg(*version) : u"–"_s;
}

} // namespace

RegistryPane::RegistryPane(const ViewContext& context, SchemaSource& source, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_source(source)
    , m_rows(6, [](const Row& row) { return row.number; })
    , m_load([this](Result<RegistryPicture> picture) { showPicture(std::move(picture)); })
    , m_textLoad([this](Result<RegistryTexts> texts) { showTexts(std::move(texts)); })
{
    m_registry = new QComboBox(this);
    m_registry->setObjectName(u"registry"_s);
    m_registry->setAccessibleName(tr("Registry"));
    connect(m_registry, &QComboBox::currentIndexChanged, this, &RegistryPane::compare);
    m_all = new QCheckBox(tr("Also what is the same"), this);
    m_all->setObjectName(u"showSame"_s);
    connect(m_all, &QCheckBox::toggled, this, &RegistryPane::presentRows);
    m_compare = new QPushButton(tr("Compare again"), this);
    m_compare->setObjectName(u"compareRegistry"_s);
    connect(m_compare, &QPushButton::clicked, this, &RegistryPane::compare);
    m_summary = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_summary->setObjectName(u"registrySummary"_s);
    m_summary->setElided(true);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(8);
    bar->addWidget(m_registry);
    bar->addWidget(m_summary, 1);
    bar->addWidget(m_all);
    bar->addWidget(m_compare);
    m_pane = new StatePane(buildContent(), this);
    m_command = new CommandLine(u"spillwayctl schema registry compare"_s, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(bar);
    layout->addWidget(m_pane, 1);
    layout->addWidget(m_command);
}

QWidget* RegistryPane::buildContent()
{
    auto* split = new SplitView(u"schema-registry"_s, Qt::Horizontal, {3, 2}, this);
    m_view = new TableView(u"schema-registry"_s, m_context.prompter, split);
    m_view->setObjectName(u"registryRows"_s);
    m_view->setAccessibleName(tr("Versions in the registry and in the folder"));
    m_view->show(&m_rows, columns());
    m_view->setRowKey([this](const QModelIndex& index) {
        const RegistryDifference& row = m_rows.at(index).difference;
        return row.subject + u' ' + row.file + u' ' + versionText(row.registryVersion);
    });
    connect(m_view, &TableView::currentRowChanged, this, &RegistryPane::askTexts);
    connect(m_view, &TableView::exportFailed, this, &RegistryPane::said);
    auto* side = new QWidget(split);
    m_names = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, side);
    m_names->setObjectName(u"registryNames"_s);
    m_names->setWordWrap(true);
    m_diff = new QPlainTextEdit(side);
    m_diff->setObjectName(u"registryDiff"_s);
    m_diff->setAccessibleName(tr("Differences, line by line"));
    m_diff->setReadOnly(true);
    m_diff->setTabChangesFocus(true);
    m_diff->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_diff->setFont(monoFont(TextSize::Body));
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(16, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_names);
    layout->addWidget(m_diff, 1);
    split->addWidget(m_view);
    split->addWidget(side);
    return split;
}

std::vector<ColumnSpec> RegistryPane::columns() const
{
    const auto row = [this](const QModelIndex& index) -> const RegistryDifference& {
        return m_rows.at(index).difference;
    };
    ColumnSpec subject{.column = 0, .title = tr("Subject"), .width = 168, .stretches = true};
    subject.text = [row](const QModelIndex& i) {
        return row(i).subject.isEmpty() ? tr("(none)") : visibleText(row(i).subject);
    };
    ColumnSpec event{.column = 1, .title = tr("Event"), .width = 160};
    event.text = [row](const QModelIndex& i) {
        return row(i).event.isEmpty() ? tr("(none)") : visibleText(row(i).event);
    };
    ColumnSpec here{.column = 2, .title = tr("Folder"), .width = 64};
    here.align = CellAlign::Number;
    here.text = [row](const QModelIndex& i) { return versionText(row(i).fileVersion); };
    here.sortKey = [row](const QModelIndex& i) { return QVariant(row(i).fileVersion.value_or(-1)); };
    ColumnSpec there{.column = 3, .title = tr("Registry"), .width = 72};
    there.align = CellAlign::Number;
    there.text = [row](const QModelIndex& i) { return versionText(row(i).registryVersion); };
    there.sortKey = [row](const QModelIndex& i) { return QVariant(row(i).registryVersion.value_or(-1)); };
    ColumnSpec id{.column = 4, .title = tr("Id"), .width = 104};
    id.align = CellAlign::Number;
    id.text = [row](const QModelIndex& i) { return row(i).id ? QString::number(*row(i).id) : u"–"_s; };
    id.sortKey = [row](const QModelIndex& i) { return QVariant(static_cast<qlonglong>(row(i).id.value_or(-1))); };
    ColumnSpec state{.column = 5, .title = tr("State"), .width = 144};
    state.mark = [row](const QModelIndex& i) { return std::optional(registryMark(row(i).state)); };
    return {subject, event, here, there, id, state};
}

bool RegistryPane::isBusy() const
{
    return m_load.isRunning() || m_textLoad.isRunning();
}

void RegistryPane::enter()
{
    if (m_registry->count() == 0) {
        const QSignalBlocker quiet(m_registry);
        m_registry->addItems(m_source.registries());
    }
    const bool hasNone = m_registry->count() == 0;
    m_registry->setVisible(m_registry->count() > 1);
    m_all->setVisible(!hasNone);
    m_compare->setVisible(!hasNone);
    if (hasNone) {
        m_pane->showEmpty(tr("The workspace names no schema registry"),
                          tr("Write registries: [{ name: main, url: https://… }] in spillway.yaml. Nothing is ever "
                             "written to a registry."));
        return;
    }
    if (m_picture.registry != m_registry->currentText() && !m_load.isRunning())
        compare();
}

void RegistryPane::compare()
{
    const QString registry = m_registry->currentText();
    if (registry.isEmpty())
        return;
    m_command->setLine(u"spillwayctl schema registry compare --registry %1"_s.arg(shellQuoted(registry)));
    if (registry != m_picture.registry) {
        m_picture = {};
        m_rows.replace({});
        m_summary->setText({});
    }
    m_pane->showLoading(tr("Reading every subject of %1").arg(registry));
    m_load.ask([&source = m_source, registry](std::stop_token stop) { return source.compareRegistry(registry, stop); });
}

void RegistryPane::showPicture(Result<RegistryPicture> picture)
{
    if (!picture) {
        m_pane->showFailure(tr("%1 could not be read").arg(m_registry->currentText()), picture.error(),
                            {tr("Try again"), [this] { compare(); }});
        return;
    }
    m_picture = std::move(*picture);
    if (m_picture.rows.empty()) {
        m_pane->showEmpty(tr("Neither the folder nor the registry holds a schema"),
                          tr("Register one, or add a file EVENT.v1.json to the schemas folder."));
        return;
    }
    const auto drifted = std::count_if(m_picture.rows.begin(), m_picture.rows.end(),
                                       [](const RegistryDifference& row) { return isDrift(row.state); });
    m_summary->setText(registrySummary(m_picture.rows));
    // Where nothing differs, what is the same is what one came for.
    if (drifted == 0 && !m_all->isChecked())
        m_all->setChecked(true);
    else
        presentRows();
    m_pane->showContent();
}

void RegistryPane::presentRows()
{
    std::vector<Row> rows;
    int number = 0;
    for (const RegistryDifference& row : m_picture.rows) {
        ++number;
        if (m_all->isChecked() || isDrift(row.state))
            rows.push_back({number, row});
    }
    m_rows.replace(std::move(rows));
    if (m_rows.rowCount() > 0)
        m_view->selectRow(0);
    else
        askTexts();
}

void RegistryPane::askTexts()
{
    const QModelIndex current = m_view->currentSource();
    if (!current.isValid()) {
        m_names->setText({});
        m_lines.clear();
        m_diff->clear();
        return;
    }
    const RegistryDifference row = m_rows.at(current).difference;
    m_names->setText(visibleText(registryRowText(row)));
    m_textLoad.ask([&source = m_source, registry = m_picture.registry, row](std::stop_token stop) {
        return source.registryTexts(registry, row, stop);
    });
}

void RegistryPane::showTexts(Result<RegistryTexts> texts)
{
    m_lines.clear();
    markLines();
    if (!texts) {
        m_diff->setPlainText(visibleText(texts.error().detail, true));
        return;
    }
    const QString file = texts->file ? comparableText(texts->language, *texts->file) : QString();
    const QString registered = texts->registered ? comparableText(texts->language, *texts->registered) : QString();
    if (!texts->file || !texts->registered) {
        m_diff->setPlainText(visibleText(texts->file ? file : registered, true));
        return;
    }
    const std::vector<DiffLine> lines = lineDiff(file, registered);
    QString text;
    for (const DiffLine& line : lines) {
        text += line.kind == DiffLine::Kind::Same ? u"  "_s : line.kind == DiffLine::Kind::Removed ? u"- "_s : u"+ "_s;
        text += visibleText(line.text) + u'\n';
    }
    m_diff->setPlainText(text);
    m_lines = lines;
    markLines();
    int first = 0;
    while (first < static_cast<int>(lines.size()) &&
           lines[static_cast<std::size_t>(first)].kind == DiffLine::Kind::Same)
        ++first;
    const QTextBlock block = m_diff->document()->findBlockByNumber(first);
    if (block.isValid()) {
        m_diff->setTextCursor(QTextCursor(block));
        m_diff->centerCursor();
    }
}

/// In the colours that are now: light and dark may change while the text stands.
void RegistryPane::markLines()
{
    QList<QTextEdit::ExtraSelection> marks;
    int number = 0;
    for (const DiffLine& line : m_lines) {
        const QTextBlock block = m_diff->document()->findBlockByNumber(number++);
        if (line.kind == DiffLine::Kind::Same || !block.isValid())
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(block);
        mark.format.setBackground(tokensFor(palette()).selection);
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks.append(mark);
    }
    m_diff->setExtraSelections(marks);
}

void RegistryPane::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_diff)
        markLines();
}

} // namespace spillway::views
