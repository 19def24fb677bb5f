// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/start/startpage.h"

#include "views/theme/icons.h"
#include "views/widgets/headline.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/statepane.h"

#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

PlainTextLabel* sectionTitle(const QString& text, QWidget* parent)
{
    auto* title = new PlainTextLabel(text, TextSize::Title, PlainTextLabel::Ink::Text, parent);
    title->setFont(uiFont(TextSize::Title, true));
    return title;
}

PlainTextLabel* explanation(const QString& text, QWidget* parent)
{
    auto* label = new PlainTextLabel(text, TextSize::Body, PlainTextLabel::Ink::Muted, parent);
    label->setWordWrap(true);
    return label;
}

} // namespace

StartPage::StartPage(StartActions& actions, Prompter& prompter, const QStringList& recent, QWidget* parent)
    : QWidget(parent)
    , m_actions(actions)
    , m_prompter(prompter)
    , m_testLoad([this](Result<ConnectionTest> test) {
        m_test->setEnabled(true);
        const bool isOk = test && test->isOk;
        m_result->setTone(isOk ? Tone::Ok : Tone::Critical);
        m_result->setText(test ? (isOk ? tr("● Connected") : tr("◆ Not connected")) + u'\n' + test->steps.join(u'\n')
                               : failureSentence(test.error()));
        m_result->show();
    })
    , m_createLoad([this](Result<QString> file) {
        m_create->setEnabled(true);
        if (file)
            Q_EMIT openAsked(*file);
        else
            showFailure(tr("The workspace was not made"), file.error());
    })
{
    setObjectName(u"start"_s);
    auto* name = new PlainTextLabel(tr("Spillway"), TextSize::Display, PlainTextLabel::Ink::Text, this);
    name->setFont(uiFont(TextSize::Display, true));
    auto* purpose = explanation(tr("What is falling behind in your event streams, what it costs and whose it is; and "
                                   "the messages that failed, back into the stream without losing or doubling one."),
                                this);
    m_message = new PlainTextLabel({}, this);
    m_message->setObjectName(u"startMessage"_s);
    m_message->setWordWrap(true);
    m_message->setSelectable(true);
    m_message->hide();
    m_choices = buildChoices(recent);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(48);
    columns->addWidget(m_choices, 1);
    columns->addWidget(hairline(Qt::Vertical, this));
    columns->addWidget(buildForm(), 1);
    auto* body = new QVBoxLayout;
    body->setSpacing(8);
    body->addWidget(name);
    body->addWidget(purpose);
    body->addWidget(m_message);
    body->addSpacing(24);
    body->addLayout(columns);
    auto* centre = new QHBoxLayout;
    centre->addStretch(1);
    centre->addLayout(body, 6);
    centre->addStretch(1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->addStretch(1);
    layout->addLayout(centre);
    layout->addStretch(2);
}

QWidget* StartPage::buildChoices(const QStringList& recent)
{
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(sectionTitle(tr("Have a look"), box));
    layout->addWidget(explanation(tr("A little company on a broker inside this program: three teams, a group that "
                                     "lags, a schema break, dead letters to replay. Nothing leaves this computer."),
                                  box));
    auto* demo =
        new QPushButton(icon(u"play", recent.isEmpty() ? IconInk::OnAccent : IconInk::Text), tr("Open the demo"), box);
    demo->setObjectName(u"startDemo"_s);
    demo->setProperty("primary", recent.isEmpty());
    connect(demo, &QPushButton::clicked, this, &StartPage::demoAsked);
    layout->addWidget(demo, 0, Qt::AlignLeft);
    layout->addSpacing(16);
    layout->addWidget(sectionTitle(tr("Open"), box));
    auto* open = new QPushButton(icon(u"folder"), tr("Open a workspace…"), box);
    open->setObjectName(u"startOpen"_s);
    connect(open, &QPushButton::clicked, this, [this] {
        m_prompter.chooseFolder(this, tr("Folder with spillway.yaml"), [this](const QString& folder) {
            if (!folder.isEmpty())
                Q_EMIT openAsked(folder);
        });
    });
    layout->addWidget(open, 0, Qt::AlignLeft);
    for (const QString& path : recent) {
        auto* again = new QPushButton(box);
        again->setObjectName(u"startRecent"_s);
        again->setProperty("flat", true);
        again->setText(QFontMetrics(again->font()).elidedText(path, Qt::ElideMiddle, 420));
        again->setAccessibleName(tr("Open %1").arg(path));
        connect(again, &QPushButton::clicked, this, [this, path] { Q_EMIT openAsked(path); });
        layout->addWidget(again, 0, Qt::AlignLeft);
    }
    layout->addStretch(1);
    return box;
}

QWidget* StartPage::buildForm()
{
    auto* box = new QWidget(this);
    m_folder = new QLineEdit(box);
    m_folder->setObjectName(u"newFolder"_s);
    m_folder->setPlaceholderText(tr("~/work/acme-orders"));
    m_folder->setAccessibleName(tr("Folder of the new workspace"));
    auto* choose = new QPushButton(tr("Choose…"), box);
    connect(choose, &QPushButton::clicked, this, [this] {
        m_prompter.chooseFolder(this, tr("Folder of the new workspace"), [this](const QString& folder) {
            if (!folder.isEmpty())
                m_folder->setText(folder);
        });
    });
    auto* folderRow = new QHBoxLayout;
    folderRow->setSpacing(8);
    folderRow->addWidget(m_folder, 1);
    folderRow->addWidget(choose);
    m_servers = new QLineEdit(u"localhost:9092"_s, box);
    m_servers->setObjectName(u"newServers"_s);
    m_servers->setAccessibleName(tr("Bootstrap servers"));
    m_test = new QPushButton(tr("Test connection"), box);
    m_test->setObjectName(u"newTest"_s);
    connect(m_test, &QPushButton::clicked, this, &StartPage::test);
    m_create = new QPushButton(tr("Create and open"), box);
    m_create->setObjectName(u"newCreate"_s);
    m_create->setEnabled(false);
    connect(m_create, &QPushButton::clicked, this, &StartPage::create);
    connect(m_folder, &QLineEdit::textChanged, this,
            [this](const QString& text) { m_create->setEnabled(!text.trimmed().isEmpty()); });
    m_result = new PlainTextLabel({}, box);
    m_result->setObjectName(u"newResult"_s);
    m_result->setWordWrap(true);
    m_result->setSelectable(true);
    m_result->hide();
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_test);
    buttons->addWidget(m_create);
    buttons->addStretch(1);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft);
    form->addRow(new PlainTextLabel(tr("Folder"), TextSize::Body, PlainTextLabel::Ink::Muted, box), folderRow);
    form->addRow(new PlainTextLabel(tr("Kafka brokers"), TextSize::Body, PlainTextLabel::Ink::Muted, box), m_servers);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(sectionTitle(tr("New workspace"), box));
    layout->addWidget(explanation(tr("Writes a commented spillway.yaml, ownership.yaml and event-catalog.yaml. Login "
                                     "and TLS are set there; secrets are named, never written down."),
                                  box));
    layout->addLayout(form);
    layout->addLayout(buttons);
    layout->addWidget(m_result);
    layout->addStretch(1);
    return box;
}

void StartPage::test()
{
    m_test->setEnabled(false);
    m_result->setTone(Tone::Neutral);
    m_result->setText(tr("Trying %1").arg(m_servers->text()));
    m_result->show();
    m_testLoad.ask([&actions = m_actions, servers = m_servers->text().trimmed()](std::stop_token stop) {
        return actions.testConnection(servers, stop);
    });
}

void StartPage::create()
{
    m_create->setEnabled(false);
    const NewWorkspace wanted{.folder = m_folder->text().trimmed(), .bootstrapServers = m_servers->text().trimmed()};
    m_createLoad.ask([&actions = m_actions, wanted](std::stop_token) { return actions.create(wanted); });
}

void StartPage::showBusy(const QString& what)
{
    m_message->setTone(Tone::Neutral);
    m_message->setText(what);
    m_message->setVisible(!what.isEmpty());
    m_choices->setEnabled(what.isEmpty());
}

void StartPage::showFailure(const QString& what, const Error& error)
{
    m_choices->setEnabled(true);
    m_message->setTone(Tone::Critical);
    m_message->setText(u"◆ "_s + what + u". "_s + failureSentence(error));
    m_message->show();
}

} // namespace spillway::views
