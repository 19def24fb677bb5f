// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/catalog/exchangepane.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/catalog/catalogwidgets.h"
#include "views/catalog/changetext.h"
#include "views/shell/workbar.h"
#include "views/widgets/commandline.h"
#include "views/widgets/plaintextlabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

using Standing = PlannedFile::Standing;

constexpr std::array forms{ExchangeForm::AsyncApi, ExchangeForm::EventCatalog, ExchangeForm::Backstage};
constexpr qsizetype mostNamed = 200; // files of one standing that are listed

QString commandWord(ExchangeForm form)
{
    switch (form) {
    case ExchangeForm::AsyncApi:
        return u"asyncapi"_s;
    case ExchangeForm::EventCatalog:
        return u"eventcatalog"_s;
    case ExchangeForm::Backstage:
        return u"backstage"_s;
    }
    return {};
}

void nameFiles(const ExportPlan& plan, Standing standing, const QString& title, QStringList& lines)
{
    QStringList named;
    for (const PlannedFile& file : plan.files) {
        if (file.standing == standing && !named.contains(file.path) && named.size() < mostNamed)
            named << file.path;
    }
    if (named.isEmpty())
        return;
    const qsizetype all = plan.count(standing);
    lines << title << named;
    if (all > mostNamed)
        lines << ExchangePane::tr("and %1 more").arg(formatCount(all - mostNamed));
    lines << QString();
}

} // namespace

ExchangePane::ExchangePane(const ViewContext& context, CatalogSource& source, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_source(source)
    , m_exportLoad([this](Result<std::shared_ptr<const ExportPlan>> plan) { showExport(std::move(plan)); })
    , m_importLoad([this](Result<std::shared_ptr<const PlannedImport>> planned) { showImport(std::move(planned)); })
    , m_write([this](Result<QStringList> written) { finish(std::move(written)); })
{
    m_direction = new QComboBox(this);
    m_direction->setObjectName(u"exchangeDirection"_s);
    m_direction->setAccessibleName(tr("Export or import"));
    m_direction->addItems({tr("Export as"), tr("Import from")});
    m_form = new QComboBox(this);
    m_form->setObjectName(u"exchangeForm"_s);
    m_form->setAccessibleName(tr("Form"));
    m_form->addItems({tr("AsyncAPI 3"), tr("EventCatalog"), tr("Backstage")});
    m_path = new QLineEdit(this);
    m_path->setObjectName(u"exchangePath"_s);
    m_path->setAccessibleName(tr("File or folder"));
    auto* choose = new QPushButton(tr("Choose…"), this);
    choose->setObjectName(u"exchangeChoose"_s);
    m_look = new QPushButton(tr("Look at it"), this);
    m_look->setObjectName(u"exchangeLook"_s);
    m_headline = new PlainTextLabel({}, TextSize::Title, PlainTextLabel::Ink::Text, this);
    m_headline->setFont(uiFont(TextSize::Title, true));
    m_headline->setObjectName(u"exchangeHeadline"_s);
    m_headline->setWordWrap(true);
    auto* inner = new QWidget(this);
    m_details = sheetLabel(u"exchangeDetails"_s, inner);
    m_text = sheetLabel(u"exchangeText"_s, inner);
    m_text->setFont(monoFont(TextSize::Small));
    auto* text = new QVBoxLayout(inner);
    text->setContentsMargins(0, 0, 8, 0);
    text->addWidget(m_details);
    text->addWidget(m_text);
    text->addStretch(1);
    m_replaces = new QCheckBox(tr("Write over files that say something else"), this);
    m_replaces->setObjectName(u"exchangeReplaces"_s);
    m_why = new PlainTextLabel({}, TextSize::Small, PlainTextLabel::Ink::Muted, this);
    m_why->setObjectName(u"exchangeWhy"_s);
    m_why->setWordWrap(true);
    m_do = new QPushButton(this);
    m_do->setObjectName(u"exchangeWrite"_s);
    m_work = new WorkBar(context.settings, this);
    m_command = new CommandLine({}, this);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(8);
    bar->addWidget(m_direction);
    bar->addWidget(m_form);
    bar->addWidget(m_path, 1);
    bar->addWidget(choose);
    bar->addWidget(m_look);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addWidget(m_replaces);
    foot->addWidget(m_why, 1);
    foot->addWidget(m_do);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 8, 0, 0);
    layout->addLayout(bar);
    layout->addWidget(m_headline);
    layout->addWidget(scrolled(inner, this), 1);
    layout->addLayout(foot);
    layout->addWidget(m_work);
    layout->addWidget(m_command);
    connect(m_direction, &QComboBox::currentIndexChanged, this, &ExchangePane::choiceChanged);
    connect(m_form, &QComboBox::currentIndexChanged, this, &ExchangePane::choiceChanged);
    connect(m_path, &QLineEdit::textChanged, this, &ExchangePane::clear);
    connect(m_path, &QLineEdit::returnPressed, this, &ExchangePane::preview);
    connect(choose, &QPushButton::clicked, this, &ExchangePane::browse);
    connect(m_look, &QPushButton::clicked, this, &ExchangePane::preview);
    connect(m_replaces, &QCheckBox::toggled, this, &ExchangePane::allowWriting);
    connect(m_do, &QPushButton::clicked, this, &ExchangePane::write);
    connect(m_work, &WorkBar::cancelAsked, this, [this] { (void)stop(); });
    choiceChanged();
}

ExchangeForm ExchangePane::form() const
{
    return forms[static_cast<std::size_t>(std::clamp(m_form->currentIndex(), 0, static_cast<int>(forms.size()) - 1))];
}

ExchangePane::Direction ExchangePane::direction() const
{
    return m_direction->currentIndex() == 1 ? Direction::Import : Direction::Export;
}

void ExchangePane::choiceChanged()
{
    switch (form()) {
    case ExchangeForm::AsyncApi:
        m_path->setPlaceholderText(tr("a file, .json or .yaml"));
        break;
    case ExchangeForm::EventCatalog:
        m_path->setPlaceholderText(tr("the folder of an EventCatalog"));
        break;
    case ExchangeForm::Backstage:
        m_path->setPlaceholderText(tr("a file, or a folder with catalog-info.yaml"));
        break;
    }
    clear();
}

void ExchangePane::clear()
{
    m_export.reset();
    m_import.reset();
    m_exportLoad.cancel();
    m_importLoad.cancel();
    m_work->end();
    const bool isExport = direction() == Direction::Export;
    m_headline->setText(isExport ? tr("What would be written is shown before anything is")
                                 : tr("What would change in ownership and catalog is shown before anything does"));
    m_details->setText(isExport ? tr("Files that the export does not write are never touched.")
                                : tr("What the workspace says otherwise is named as a conflict and stays as it is."));
    m_text->setText({});
    m_replaces->setVisible(false);
    m_replaces->setChecked(false);
    m_do->setText(isExport ? tr("Write the files…") : tr("Write it into our files…"));
    const QString path = m_path->text().trimmed();
    const QString named = path.isEmpty() ? u"PATH"_s : shellQuoted(path);
    m_command->setLine(isExport ? u"spillwayctl catalog export --format %1 --out %2"_s.arg(commandWord(form()), named)
                                : u"spillwayctl catalog import %2 --format %1"_s.arg(commandWord(form()), named));
    m_look->setEnabled(!path.isEmpty());
    allowWriting();
}

void ExchangePane::browse()
{
    const auto take = [this](const QString& path) {
        if (path.isEmpty())
            return;
        m_path->setText(path);
        preview();
    };
    if (form() == ExchangeForm::EventCatalog)
        m_context.prompter.chooseFolder(this, tr("Folder of the EventCatalog"), take);
    else if (direction() == Direction::Import)
        m_context.prompter.chooseOpenFile(this, tr("File to import"), u"*.json *.yaml *.yml"_s, take);
    else
        m_context.prompter.chooseSaveFile(this, tr("File to export to"),
                                          form() == ExchangeForm::AsyncApi ? u"asyncapi.yaml"_s
                                                                           : u"catalog-info.yaml"_s,
                                          u"*.json *.yaml *.yml"_s, take);
}

void ExchangePane::preview()
{
    const QString path = m_path->text().trimmed();
    if (path.isEmpty() || m_write.isRunning())
        return;
    clear();
    if (direction() == Direction::Export) {
        (void)m_work->begin(tr("Reading catalog and schemas"));
        m_exportLoad.ask([source = &m_source, form = form(), path](std::stop_token stop) {
            return source->planExport(form, path, stop);
        });
    } else {
        (void)m_work->begin(tr("Reading %1").arg(path));
        m_importLoad.ask([source = &m_source, form = form(), path](std::stop_token stop) {
            return source->planImport(form, path, stop);
        });
    }
}

bool ExchangePane::stop()
{
    if (!m_exportLoad.isRunning() && !m_importLoad.isRunning())
        return false;
    clear();
    m_headline->setText(tr("Stopped; nothing was written"));
    return true;
}

void ExchangePane::showFailure(const Error& error)
{
    m_headline->setText(direction() == Direction::Export ? tr("It cannot be exported like this")
                                                         : tr("It cannot be imported like this"));
    m_details->setText(error.detail);
    allowWriting();
}

void ExchangePane::showExport(Result<std::shared_ptr<const ExportPlan>> plan)
{
    m_work->end();
    if (!plan) {
        showFailure(plan.error());
        return;
    }
    m_export = std::move(*plan);
    const qsizetype fresh = m_export->count(Standing::New);
    const qsizetype same = m_export->count(Standing::Same);
    const qsizetype other = m_export->count(Standing::Other);
    const qsizetype blocked = m_export->count(Standing::Blocked);
    m_headline->setText(fresh + other + blocked == 0
                            ? tr("Nothing to write: all %1 files say it already").arg(formatCount(same))
                            : tr("%1 files: %2 new, %3 the same, %4 say something else")
                                  .arg(formatCount(static_cast<qint64>(m_export->files.size())), formatCount(fresh),
                                       formatCount(same), formatCount(other + blocked)));
    QStringList details;
    if (blocked > 0)
        details << tr("A link, or no file, stands where one has to be written; take it away first.");
    for (const QString& note : m_export->exported.notes)
        details << tr("Left out: %1").arg(note);
    m_details->setText(details.join(u'\n'));
    QStringList lines;
    nameFiles(*m_export, Standing::Blocked, tr("In the way:"), lines);
    nameFiles(*m_export, Standing::Other, tr("Says something else:"), lines);
    nameFiles(*m_export, Standing::New, tr("New:"), lines);
    m_text->setText(lines.join(u'\n').trimmed());
    m_replaces->setVisible(other > 0);
    allowWriting();
}

void ExchangePane::showImport(Result<std::shared_ptr<const PlannedImport>> planned)
{
    m_work->end();
    if (!planned) {
        showFailure(planned.error());
        return;
    }
    m_import = std::move(*planned);
    const std::size_t edits = m_import->plan.edits.size();
    const qsizetype conflicts = m_import->plan.conflicts.size();
    m_headline->setText(edits == 0 && conflicts == 0
                            ? tr("Nothing to add: our files say all of it already")
                            : tr("%1 changes to add, %2 conflicts that stay as they are")
                                  .arg(formatCount(static_cast<qint64>(edits)), formatCount(conflicts)));
    m_details->setText({});
    m_text->setText(changeText(*m_import));
    allowWriting();
}

void ExchangePane::allowWriting()
{
    QString why;
    bool isReady = false;
    if (m_export) {
        isReady = m_export->count(Standing::Blocked) == 0 &&
                  m_export->count(Standing::New) + m_export->count(Standing::Other) > 0;
        if (isReady && m_export->count(Standing::Other) > 0 && !m_replaces->isChecked()) {
            isReady = false;
            why = tr("Files say something else: say that they may be written over, or choose another place.");
        }
    } else if (m_import) {
        isReady = !m_import->plan.edits.empty();
        if (isReady && !m_import->whyNotWritable.isEmpty()) {
            isReady = false;
            why = tr("%1. Copy the lines into a pull request.").arg(m_import->whyNotWritable);
        }
    }
    m_why->setText(why);
    m_do->setEnabled(isReady && !m_write.isRunning());
}

void ExchangePane::write()
{
    if (m_export) {
        const auto plan = m_export;
        const bool replaces = m_replaces->isChecked();
        const ConfirmRequest request{
            .title = tr("Write %1 files?").arg(formatCount(plan->count(Standing::New) + plan->count(Standing::Other))),
            .consequence = replaces ? tr("Files that say something else are written over; each is whole or as it was.")
                                    : tr("Only new files are written; each is whole or not there."),
            .facts = {{tr("Where"), m_path->text().trimmed()}},
            .typeToConfirm = {},
            .asksText = {},
            .asksReason = false,
            .actionText = tr("Write the files"),
            .commandLine = m_command->line() + (replaces ? u" --replace"_s : QString())};
        m_context.prompter.confirm(this, request, [this, plan, replaces](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            m_written = Direction::Export;
            m_do->setEnabled(false);
            (void)m_work->begin(tr("Writing the files"));
            m_write.ask(
                [source = &m_source, plan, replaces](std::stop_token) { return source->writeExport(*plan, replaces); });
        });
    } else if (m_import) {
        const auto planned = m_import;
        const ConfirmRequest request{
            .title = tr("Write %1 changes into ownership and catalog?")
                         .arg(formatCount(static_cast<qint64>(planned->plan.edits.size()))),
            .consequence = tr("Only the lines shown change; comments stay. Git has the files as they were."),
            .facts = {{tr("From"), m_path->text().trimmed()}},
            .typeToConfirm = {},
            .asksText = {},
            .asksReason = false,
            .actionText = tr("Write the lines"),
            .commandLine = m_command->line() + u" --apply"_s};
        m_context.prompter.confirm(this, request, [this, planned](const ConfirmAnswer& answer) {
            if (!answer.isAccepted)
                return;
            m_written = Direction::Import;
            m_do->setEnabled(false);
            (void)m_work->begin(tr("Writing the lines"));
            m_write.ask([source = &m_source, planned](std::stop_token) { return source->applyImport(*planned); });
        });
    }
}

void ExchangePane::finish(Result<QStringList> written)
{
    m_work->end();
    if (!written) {
        Q_EMIT said(tr("Nothing was written: %1").arg(written.error().detail));
        showFailure(written.error());
        return;
    }
    const QString sentence = tr("%1 files written").arg(formatCount(written->size()));
    clear();
    m_headline->setText(sentence);
    Q_EMIT said(sentence);
    if (m_written == Direction::Import)
        Q_EMIT filesChanged();
}

} // namespace spillway::views
