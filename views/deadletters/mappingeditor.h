// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/shell/datasource.h"
#include "views/widgets/asyncload.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QPlainTextEdit;
class QPushButton;
class QTableWidget;

namespace spillway::views {

class PlainTextLabel;
class ViewSettings;
class WorkBar;

/// For a dead-letter topic that no dialect fits: each canonical field gets a header, a place in the payload or a
/// constant, with what real letters offer; an envelope also the place of the payload within. Beside it stands what the
/// choice makes of letters, as the intake would read them, the one it was opened for first, and which of them a dialect
/// reads all the same; below, the lines for spillway.yaml, to be copied, or written there after its change was shown.
/// Deletes itself.
class MappingEditor final : public QDialog
{
    Q_OBJECT
public:
    /// @param letter  whose topic is mapped.
    MappingEditor(DataSource& source, const ViewSettings& settings, const DeadLetter& letter, QWidget* parent);
    ~MappingEditor() override;

    /// As it stands in the fields; without those that are not mapped or have no source yet.
    [[nodiscard]] DeadLetterMapping mapping() const;

Q_SIGNALS:
    /// Stored letters of the channel were read again.
    void reread();

private:
    struct FieldRow
    {
        QString field;
        QComboBox* from =
            nullptr; ///< not mapped, header, payload, constant; of the payload within: how it stands there
        QComboBox* what = nullptr; ///< offers what the letters have; anything may be typed
    };
    /// With what takes long to find out.
    struct Subject
    {
        MappingSubject mapped;
        std::vector<std::pair<QString, int>> sure;
    };
    void build(const ViewSettings& settings);
    QWidget* buildFields();
    QWidget* buildButtons();
    void showSubject(Result<Subject> subject);
    QWidget* buildLetters();
    FieldRow addRow(int place, const QString& field, const QString& title, const QStringList& sources);
    void offer(const FieldRow& row) const;
    void showChoice();
    void showPreview(const std::vector<MappingPreviewRow>& rows);
    void showSure();
    void askEdit();
    void showEdit(Result<MappingEdit> edit);
    void askReread();
    void showReread(Result<RereadReport> report);
    void stopReread();
    void say(const QString& text);

    DataSource& m_data;
    QString m_connection;
    QString m_channel;
    MappingSubject m_subject;
    std::shared_ptr<const std::vector<RawRecord>> m_letters; // of the subject; second owner: the preview under way
    std::shared_ptr<const DialectRegistry> m_dialects;       // likewise
    std::vector<std::pair<QString, int>> m_sure;             ///< dialects that read some of them anyway
    std::vector<FieldRow> m_rows;                            ///< the last is the payload within
    DeadLetterMapping m_previewed;                           ///< what the preview shows, or will
    std::optional<MappingEdit> m_edit;                       ///< whose change is on screen
    bool m_isSaved = false;
    QTableWidget* m_fields = nullptr;
    QTableWidget* m_preview = nullptr;
    QCheckBox* m_takesAll = nullptr;
    PlainTextLabel* m_sureNote = nullptr;
    QPlainTextEdit* m_yaml = nullptr;
    PlainTextLabel* m_note = nullptr;
    WorkBar* m_work = nullptr;
    QPushButton* m_copy = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_reread = nullptr;
    AsyncLoad<Subject> m_subjectLoad;
    AsyncLoad<std::vector<MappingPreviewRow>> m_previewLoad;
    AsyncLoad<MappingEdit> m_editLoad;
    AsyncLoad<bool> m_saveLoad;
    AsyncLoad<RereadReport> m_rereadLoad;
};

} // namespace spillway::views
