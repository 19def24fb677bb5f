// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/replays/replaysheet.h"

#include "model/base/text.h"
#include "model/replay/replayoptions.h"
#include "model/workspace/headerpolicy.h"
#include "views/replays/replaywords.h"
#include "views/widgets/commandline.h"
#include "views/widgets/headline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QLineEdit* optionField(const QString& objectName, const QString& placeholder, QWidget* parent)
{
    auto* field = new QLineEdit(parent);
    field->setObjectName(objectName);
    field->setPlaceholderText(placeholder);
    field->setMaximumWidth(240);
    return field;
}

/// The patterns of a set, for a tooltip.
QString setText(const QString& word)
{
    QStringList patterns;
    for (const QByteArray& pattern : headersOfSet(word))
        patterns << QString::fromUtf8(pattern);
    return patterns.join(u", "_s);
}

void addFact(QFormLayout* form, const QString& label, const QString& value, const QString& objectName)
{
    auto* shown = new PlainTextLabel(value, form->parentWidget());
    shown->setObjectName(objectName);
    shown->setWordWrap(true);
    shown->setSelectable(true);
    shown->setFocusPolicy(Qt::NoFocus);
    form->addRow(new PlainTextLabel(label, TextSize::Body, PlainTextLabel::Ink::Muted, form->parentWidget()), shown);
}

} // namespace

ReplaySheet::ReplaySheet(DataSource& source, Prompter& prompter, ReplayRequest request, const QString& what,
                         QWidget* parent)
    : QDialog(parent)
    , m_data(source)
    , m_prompter(prompter)
    , m_request(std::move(request))
    , m_planLoad([this](Result<ReplayPreview> plan) { showPlan(std::move(plan)); })
    , m_runLoad([this](Result<QString> job) { showStarted(std::move(job)); })
{
    setObjectName(u"replaySheet"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Replay"));
    resize(720, 700);
    build(what);
    plan();
}

ReplaySheet::~ReplaySheet()
{
    // A field that loses the keyboard while the dialog goes would still say that its editing is over.
    for (QLineEdit* field : {m_to, m_rate, m_canary, m_settle, m_stopIf, m_drop, m_keep})
        field->disconnect(this);
}

void ReplaySheet::build(const QString& what)
{
    auto* title = new PlainTextLabel(tr("Replay %1").arg(what), TextSize::Title, PlainTextLabel::Ink::Text, this);
    title->setFont(uiFont(TextSize::Title, true));
    title->setWordWrap(true);
    auto* content = new QWidget(this);
    auto* facts = new QWidget(content);
    m_facts = new QFormLayout(facts);
    m_facts->setContentsMargins(0, 0, 0, 0);
    m_facts->setHorizontalSpacing(16);
    m_facts->setVerticalSpacing(8);
    m_facts->setLabelAlignment(Qt::AlignLeft);
    auto* options = new QFormLayout;
    options->setHorizontalSpacing(16);
    options->setVerticalSpacing(8);
    options->setLabelAlignment(Qt::AlignLeft);
    m_to = optionField(u"replayTo"_s, tr("each to its origin"), content);
    m_to->setText(m_request.to);
    m_rate = optionField(u"replayRate"_s, tr("as fast as it goes"), content);
    m_canary = optionField(u"replayCanary"_s, tr("all at once; or 1,10,all"), content);
    m_settle = optionField(u"replaySettle"_s, tr("30s between steps, else none"), content);
    m_stopIf = optionField(u"replayStopIf"_s, tr("never; or failed>10%"), content);
    const std::pair<QString, QLineEdit*> rows[]{{tr("Target topic"), m_to},
                                                {tr("Messages a second"), m_rate},
                                                {tr("Steps"), m_canary},
                                                {tr("Wait after a step"), m_settle},
                                                {tr("Stop if"), m_stopIf}};
    for (const auto& [label, field] : rows) {
        auto* name = new PlainTextLabel(label, TextSize::Body, PlainTextLabel::Ink::Muted, content);
        name->setBuddy(field);
        field->setAccessibleName(label);
        options->addRow(name, field);
    }
    for (QLineEdit* field : {m_rate, m_canary, m_settle, m_stopIf})
        connect(field, &QLineEdit::textChanged, this, &ReplaySheet::refreshCommand);
    connect(m_to, &QLineEdit::editingFinished, this, [this] {
        if (m_to->text().trimmed() == m_request.to)
            return;
        m_request.to = m_to->text().trimmed();
        plan(); // another target is another plan
    });
    addHeaderChoices(options, content);
    m_fault = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, content);
    m_fault->setObjectName(u"replayFault"_s);
    m_fault->setTone(Tone::Critical);
    m_fault->setWordWrap(true);
    m_fault->hide();
    m_command = new CommandLine({}, content);
    auto* inside = new QVBoxLayout(content);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(16);
    inside->addWidget(facts);
    inside->addWidget(hairline(Qt::Horizontal, content));
    inside->addLayout(options);
    inside->addWidget(m_fault);
    inside->addStretch(1);
    inside->addWidget(m_command);
    // What a plan says of its headers may be longer than the window.
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(content);
    content->setAutoFillBackground(false); // the dialog's own shows through
    scroll->viewport()->setAutoFillBackground(false);
    m_pane = new StatePane(scroll, this);

    m_run = new QPushButton(tr("Replay…"), this);
    m_run->setObjectName(u"replayRun"_s);
    m_run->setProperty("primary", true);
    m_run->setAutoDefault(false);
    m_run->setEnabled(false);
    m_leave = new QPushButton(tr("Close"), this);
    m_leave->setObjectName(u"replayClose"_s);
    m_leave->setAutoDefault(false); // Enter ends a field, and nothing else
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_note =
        new PlainTextLabel(tr("Nothing is sent before you confirm."), TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_note->setObjectName(u"replayNote"_s);
    buttons->addWidget(m_note, 1);
    buttons->addWidget(m_leave);
    buttons->addWidget(m_run);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(16);
    layout->addWidget(title);
    layout->addWidget(m_pane, 1);
    layout->addLayout(buttons);
    connect(m_leave, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_run, &QPushButton::clicked, this, &ReplaySheet::ask);
    m_tick.setInterval(300);
    connect(&m_tick, &QTimer::timeout, this, &ReplaySheet::tick);
}

void ReplaySheet::addHeaderChoices(QFormLayout* options, QWidget* content)
{
    m_drop = optionField(u"replayDropHeaders"_s, tr("none besides; or x-debug-*"), content);
    m_keep = optionField(u"replayKeepHeaders"_s, tr("none besides"), content);
    const std::pair<QString, QLineEdit*> rows[]{{tr("Leave these headers behind"), m_drop},
                                                {tr("Send these headers"), m_keep}};
    for (const auto& [label, field] : rows) {
        auto* name = new PlainTextLabel(label, TextSize::Body, PlainTextLabel::Ink::Muted, content);
        name->setBuddy(field);
        field->setAccessibleName(label);
        field->setToolTip(tr("Names, separated by commas; a * at the end takes every name that begins so"));
        options->addRow(name, field);
        connect(field, &QLineEdit::editingFinished, this, &ReplaySheet::chooseHeaders);
    }
    auto* sets = new QHBoxLayout;
    sets->setSpacing(16);
    const auto addBox = [&](const QString& objectName, const QString& label) {
        auto* box = new QCheckBox(label, content);
        box->setObjectName(objectName);
        connect(box, &QCheckBox::toggled, this, &ReplaySheet::chooseHeaders);
        return box;
    };
    for (const QString& word : headerSetWords()) {
        auto* box = addBox(u"replayDropSet-"_s + word, word == u"trace" ? tr("of tracing") : tr("of replicators"));
        box->setToolTip(setText(word));
        m_sets.push_back(box);
        sets->addWidget(box);
    }
    sets->addStretch(1);
    options->addRow(new PlainTextLabel(tr("Leave behind headers"), TextSize::Body, PlainTextLabel::Ink::Muted, content),
                    sets);
    m_unknown = addBox(u"replayUnknownDialects"_s,
                       tr("Also letters whose dialect is not known any more; the headers it wrote go along"));
    m_unknown->hide();
    options->addRow(m_unknown);
}

HeaderRequest ReplaySheet::headers() const
{
    const auto patterns = [](const QLineEdit* field) {
        QStringList list;
        for (const QString& part : field->text().split(u',')) {
            if (!part.trimmed().isEmpty())
                list << part.trimmed();
        }
        return list;
    };
    HeaderRequest asked{.drop = patterns(m_drop),
                        .keep = patterns(m_keep),
                        .sets = {},
                        .allowsUnknownDialects = m_unknown->isChecked()};
    const QStringList words = headerSetWords();
    for (std::size_t i = 0; i < m_sets.size(); ++i) {
        if (m_sets[i]->isChecked())
            asked.sets << words[static_cast<qsizetype>(i)];
    }
    return asked;
}

void ReplaySheet::chooseHeaders()
{
    const HeaderRequest asked = headers();
    if (asked != m_request.headers && parseHeaderPolicy(asked.drop, asked.keep, asked.sets)) {
        m_request.headers = asked;
        plan();
        return;
    }
    refreshCommand();
}

void ReplaySheet::plan()
{
    m_run->setEnabled(false);
    m_keyboard = focusWidget(); // goes with the content, and comes back with it
    m_pane->showLoading(tr("Freezing and sealing the plan"));
    m_progress = std::make_shared<WorkProgress>();
    m_leave->setText(tr("Cancel")); // nothing is planned then
    m_tick.start();
    m_planLoad.ask([&source = m_data, request = m_request, progress = m_progress](std::stop_token stop) {
        return source.planReplay(request, progress.get(), stop);
    });
}

void ReplaySheet::tick()
{
    const std::int64_t done = m_progress->done;
    const std::int64_t total = m_progress->total;
    if (done > 0)
        m_note->setText(total > 0 ? tr("%1 of %2 letters read").arg(formatCount(done), formatCount(total))
                                  : tr("%1 letters read").arg(formatCount(done)));
}

void ReplaySheet::showPlan(Result<ReplayPreview> plan)
{
    m_tick.stop();
    m_note->setText(tr("Nothing is sent before you confirm."));
    m_leave->setText(tr("Close"));
    if (!plan) {
        m_pane->showFailure(tr("No plan could be made"), plan.error(), {tr("Try again"), [this] { this->plan(); }});
        return;
    }
    m_preview = std::move(*plan);
    while (m_facts->rowCount() > 0)
        m_facts->removeRow(0);
    addFact(m_facts, tr("Messages"),
            u"%1 · %2"_s.arg(formatCount(m_preview.messages), formatSizeBytes(m_preview.bytes)), u"planMessages"_s);
    QStringList targets;
    for (const PlanCount& target : m_preview.targets)
        targets << tr("%1: %2").arg(target.text, messagesText(target.messages));
    addFact(m_facts, tr("Targets"), targets.isEmpty() ? tr("none") : targets.join(u'\n'), u"planTargets"_s);
    addFact(m_facts, tr("Guarantee"), m_preview.guarantee, u"planGuarantee"_s);
    QStringList blocked;
    for (const PlanCount& reason : m_preview.blocked)
        blocked << tr("%1: %2").arg(messagesText(reason.messages), reason.text);
    addFact(m_facts, tr("Left out"), blocked.isEmpty() ? tr("none") : blocked.join(u'\n'), u"planBlocked"_s);
    if (m_preview.messages > 0) {
        addFact(m_facts, tr("Headers left behind"), headerNamesText(m_preview.headers, false, m_preview.messages),
                u"planHeadersLeft"_s);
        addFact(m_facts, tr("Headers sent"), headerNamesText(m_preview.headers, true, m_preview.messages),
                u"planHeadersSent"_s);
    }
    m_unknown->setVisible(m_preview.hasUnknownDialects || m_unknown->isChecked());
    if (!m_preview.warnings.isEmpty())
        addFact(m_facts, tr("Careful"), m_preview.warnings.join(u'\n'), u"planWarnings"_s);
    addFact(m_facts, tr("Sealed as"), m_preview.digest, u"planDigest"_s);
    m_facts->parentWidget()->findChild<PlainTextLabel*>(u"planDigest"_s)->setFont(monoFont(TextSize::Small));
    m_pane->showContent();
    if (m_keyboard)
        m_keyboard->setFocus();
    m_run->setText(tr("Replay %1…").arg(messagesText(m_preview.messages)));
    refreshCommand();
}

ReplayRun ReplaySheet::choice() const
{
    return {.planFile = m_preview.planFile,
            .rate = m_rate->text().trimmed(),
            .canary = m_canary->text().trimmed(),
            .settle = m_settle->text().trimmed(),
            .stopIf = m_stopIf->text().trimmed(),
            .confirmedTargets = {},
            .reason = {}};
}

void ReplaySheet::refreshCommand()
{
    const ReplayRun run = choice();
    const Result<ReplayOptions> options = parseReplayOptions(run.rate, run.canary, run.settle, run.stopIf);
    const HeaderRequest asked = headers();
    const Result<HeaderPolicy> policy = parseHeaderPolicy(asked.drop, asked.keep, asked.sets);
    QStringList faults;
    if (!options)
        faults << options.error().detail;
    if (!policy)
        faults << policy.error().detail;
    m_fault->setText(faults.join(u'\n'));
    m_fault->setVisible(!faults.isEmpty());
    m_run->setEnabled(faults.isEmpty() && m_preview.messages > 0 && m_pane->state() == StatePane::State::Content &&
                      !m_runLoad.isRunning());
    m_command->setLine(runCommand(m_preview, run, m_data.workspace().environment));
}

void ReplaySheet::ask()
{
    const ReplayRun run = choice();
    m_prompter.confirm(this, confirmRun(m_preview, run, m_data.workspace().environment),
                       [this, run](const ConfirmAnswer& answer) {
                           if (!answer.isAccepted)
                               return;
                           ReplayRun confirmed = run;
                           QStringList topics;
                           for (const PlanCount& target : m_preview.targets)
                               topics << target.text;
                           confirmed.confirmedTargets = topics.join(u',');
                           confirmed.reason = answer.reason;
                           m_run->setEnabled(false);
                           m_runLoad.ask([&source = m_data, confirmed](std::stop_token stop) {
                               return source.runReplay(confirmed, stop);
                           });
                       });
}

void ReplaySheet::showStarted(Result<QString> job)
{
    if (!job) {
        m_fault->setText(failureSentence(job.error()));
        m_fault->show();
        m_run->setEnabled(true);
        return;
    }
    Q_EMIT started(*job);
    accept();
}

} // namespace spillway::views
